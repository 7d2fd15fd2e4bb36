import Harvesting
import Hummingbird
import NIOCore

/// Works as JSON lines, each read as soon as it has come. What is too much is refused as soon as that is known.
struct WorkLines {
    static let maximumBytes = 32 << 20
    private static let maximumLineBytes = 64 << 10
    private static let bounds = JSONBounds(values: 100, stringBytes: maximumLineBytes)

    private var works: [GivenWork] = []
    private var errors: [FieldError] = []
    /// Lines that have ended.
    private var lines = 0
    /// What has come of the next one.
    private var line: [UInt8] = []

    private init() {}

    /// - Throws: ``Problem`` naming the lines that are wrong; ``InvalidJobRequest`` for more works than a job may have.
    static func works(in body: RequestBody) async throws -> [GivenWork] {
        var lines = WorkLines()
        var bytes = 0
        for try await chunk in body {
            bytes += chunk.readableBytes
            guard bytes <= maximumBytes else {
                throw Problem(.payloadTooLarge, "the body may have at most \(maximumBytes) bytes")
            }
            try lines.take(chunk.readableBytesView)
        }
        try lines.end()
        guard lines.errors.isEmpty else { throw Problem(.invalidJSON, fields: lines.errors) }
        return lines.works
    }

    private mutating func take(_ chunk: ByteBufferView) throws {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try append(rest[..<end])
            try self.end()
            rest = rest[(end + 1)...]
        }
        try append(rest)
    }

    private mutating func append(_ bytes: ByteBufferView) throws(Problem) {
        guard line.count + bytes.count <= Self.maximumLineBytes else {
            errors.append(
                FieldError(path: "line \(lines + 1)", message: "is longer than \(Self.maximumLineBytes) bytes"))
            throw Problem(.invalidJSON, fields: errors)
        }
        line += bytes
    }

    private mutating func end() throws {
        lines += 1
        defer { line.removeAll(keepingCapacity: true) }
        guard line.contains(where: { $0 > 0x20 }) else { return }
        guard works.count < JobRequest.maximumGiven else {
            throw InvalidJobRequest(problems: [
                FieldError(path: "works", message: "must hold 1 to \(JobRequest.maximumGiven) entries")
            ])
        }
        do {
            works.append(try work())
        } catch {
            errors.append(error)
            // Its place is taken: the paths of the others count it.
            works.append(GivenWork())
            if errors.count > Problem.mostFields { throw Problem(.invalidJSON, fields: errors) }
        }
    }

    private func work() throws(FieldError) -> GivenWork {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: line, within: Self.bounds)
        } catch {
            let column = error.place.map { " (column \($0.column))" } ?? ""
            throw FieldError(path: "line \(lines)", message: error.message + column)
        }
        if let error = JobSubmission.unknownField(in: value, at: works.count) { throw error }
        do {
            let path = DocumentPath.root.appending(.key("works")).appending(.index(works.count))
            return try JSON.decode(GivenWork.self, from: value, at: path)
        } catch {
            throw FieldError(error)
        }
    }
}
