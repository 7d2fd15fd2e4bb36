import Foundation
import Harvesting
import Hummingbird
import NIOCore
import NIOFoundationCompat

/// What is sent to `POST /v1/jobs`: a request as JSON, or works as JSON lines with the rest of it in the query.
enum JobSubmission {
    /// - Throws: ``Problem`` that names every field that is wrong.
    static func read(_ request: Request) async throws -> JobRequest {
        let bytes = try await request.bodyBytes()
        if request.hasLines { return try works(in: bytes, with: try options(request)) }
        _ = try request.query(of: [])
        return try fields(of: Data(buffer: bytes))
    }

    /// Decodes field by field, so that all that is wrong can be told at once.
    private static func fields(of text: Data) throws -> JobRequest {
        let document: JSONValue
        do {
            document = try JSON.decoder.decode(JSONValue.self, from: text)
        } catch {
            let problem = JSONProblem(error, in: text)
            throw Problem(.invalidJSON, fields: [FieldError(path: problem.path, message: problem.message)])
        }
        guard case .object(let fields) = document else {
            throw Problem(.invalidJSON, fields: [FieldError(path: "", message: "must be an object")])
        }
        return try request(from: fields)
    }

    private static func request(from fields: [String: JSONValue]) throws -> JobRequest {
        var right = fields
        var errors: [FieldError] = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            if let error = error(in: value, of: name) {
                errors.append(error)
                right[name] = nil
            }
        }
        let request = try JSON.decoder.decode(JobRequest.self, from: try JSON.encoder.encode(right))
        guard errors.isEmpty else {
            let others = request.problems().filter { $0.path != "topic" || fields["topic"] != nil }
            throw Problem(.invalidJSON, fields: errors + others)
        }
        return request
    }

    private static func error(in value: JSONValue, of name: String) -> FieldError? {
        guard JobRequest.fields.contains(name) else {
            return FieldError(path: name, message: unknown(name, known: JobRequest.fields))
        }
        switch (name, value) {
        case ("works", .array(let works)):
            if let error = unknownField(in: works) { return error }
        case ("credentials", .object(let names)):
            let known = ResolverName.credentialed.map(\.rawValue)
            if let error = unknownField(in: names, at: name, known: known) { return error }
        case ("cohorts", .object(let names)):
            let known = ResolverOrder.Cohort.allCases.map(\.rawValue)
            if let error = unknownField(in: names, at: name, known: known) { return error }
        default: break
        }
        do {
            let text = try JSON.encoder.encode([name: value])
            do {
                _ = try JSON.decoder.decode(JobRequest.self, from: text)
                return nil
            } catch {
                let problem = JSONProblem(error, in: text)
                return FieldError(path: problem.path, message: problem.message)
            }
        } catch {
            return FieldError(path: name, message: "cannot be read")
        }
    }

    private static func unknownField(in works: [JSONValue]) -> FieldError? {
        let known = GivenWork.CodingKeys.allCases.map(\.rawValue)
        for (index, work) in works.enumerated() {
            guard case .object(let fields) = work else { continue }
            if let error = unknownField(in: fields, at: "works[\(index)]", known: known) { return error }
        }
        return nil
    }

    private static func unknownField(in fields: [String: JSONValue], at path: String, known: [String]) -> FieldError? {
        fields.keys.sorted().first { !known.contains($0) }.map { name in
            FieldError(path: "\(path).\(name)", message: unknown(name, known: known))
        }
    }

    private static func unknown(_ name: String, known: [String]) -> String {
        let meant = Spelling.nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
        return "unknown field\(meant) (known here: \(known.sorted().joined(separator: ", ")))"
    }

    /// The fields of a request that stand in the query: numbers, switches and lists with commas.
    private static func options(_ request: Request) throws -> [String: JSONValue] {
        let names = Set(JobRequest.fields).subtracting([
            "topic", "resolve_topic", "topic_id", "dois", "urls", "works", "cohorts", "credentials",
        ])
        let query = try request.query(of: names)
        return query.reduce(into: [:]) { fields, item in
            let (name, text) = (String(item.key), String(item.value))
            fields[name] =
                switch text {
                case "true": .bool(true)
                case "false": .bool(false)
                default:
                    if name == "resolvers" {
                        .array(text.split(separator: ",").map { .string(String($0)) })
                    } else {
                        Int(text).map(JSONValue.int) ?? .string(text)
                    }
                }
        }
    }

    private static func works(in bytes: ByteBuffer, with options: [String: JSONValue]) throws -> JobRequest {
        var works: [JSONValue] = []
        var errors: [FieldError] = []
        let lines = bytes.readableBytesView.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            do {
                works.append(try JSON.decoder.decode(JSONValue.self, from: Data(line)))
            } catch {
                errors.append(FieldError(path: "line \(index + 1)", message: "is not valid JSON"))
                if errors.count > Problem.mostFields { break }
            }
        }
        guard errors.isEmpty else { throw Problem(.invalidJSON, fields: errors) }
        return try request(from: options.merging(["works": .array(works)]) { $1 })
    }
}
