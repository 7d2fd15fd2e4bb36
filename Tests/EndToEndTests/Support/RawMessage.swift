import Foundation
import NIOCore

/// A message as its bytes came: its first line, its fields, and as much of its body as there was.
struct RawMessage: Sendable {
    /// Such as `HTTP/1.1 200 OK`.
    let line: String
    /// By their lower-case names; repeated ones joined with commas.
    private(set) var fields: [String: String] = [:]
    var body = ByteBuffer()
    /// Whether the body's framing says that this is all of it; what ends with the connection is never known to be.
    var isComplete = false

    /// Of a response.
    var status: Int { Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    /// Of a request.
    var method: Substring { line.prefix { $0 != " " } }
    var target: Substring { line.split(separator: " ").dropFirst().first ?? "" }

    subscript(_ name: String) -> String? { fields[name] }

    /// Whether the connection ends after it.
    var isLast: Bool { fields["connection"]?.lowercased().contains("close") ?? false }

    /// RFC 9457: `type` without its prefix.
    var problem: String? {
        struct Problem: Decodable {
            let type: String
            let status: Int
        }
        guard fields["content-type"] == "application/problem+json" else { return nil }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView))
        guard let problem, problem.status == status else { return nil }
        return String(problem.type.trimmingPrefix("urn:weir:problem:"))
    }

    fileprivate init(head: String) {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        line = lines.first.map(String.init) ?? ""
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }.lowercased()
            let value = line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            fields[name] = fields[name].map { "\($0), \(value)" } ?? value
        }
    }
}

extension RawConnection {
    /// The head of the next message; `nil` at the end.
    mutating func head() async -> RawMessage? {
        await read(through: "\r\n\r\n").map { RawMessage(head: $0) }
    }

    /// The next response that is not an interim one; `nil` at the end.
    ///
    /// - Parameter hasBody: `false` for the response to HEAD.
    mutating func response(hasBody: Bool = true) async -> RawMessage? {
        while var message = await head() {
            guard message.status >= 200 else { continue }
            if hasBody, message.status != 204, message.status != 304 {
                await readBody(of: &message)
            } else {
                message.isComplete = true
            }
            return message
        }
        return nil
    }

    /// The body of a message as it is framed (RFC 9112, section 6.3).
    mutating func readBody(of message: inout RawMessage) async {
        if message["transfer-encoding"] == "chunked" {
            while let line = await read(through: "\r\n"), let size = Int(line.dropLast(1), radix: 16) {
                var chunk = await read(exactly: size)
                let isWhole = chunk.readableBytes == size
                message.body.writeBuffer(&chunk)
                guard isWhole, await read(exactly: 2) == ByteBuffer(string: "\r\n") else { return }
                if size == 0 {
                    message.isComplete = true
                    return
                }
            }
        } else if let length = message["content-length"].flatMap({ Int($0) }) {
            message.body = await read(exactly: length)
            message.isComplete = message.body.readableBytes == length
        } else {
            message.body = await rest()
        }
    }
}
