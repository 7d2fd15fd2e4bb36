import Harvesting
import Hummingbird

/// What is sent to `POST /v1/jobs`: a request as JSON, or works as JSON lines with the rest of it in the query.
enum JobSubmission {
    /// - Throws: ``Problem`` that names every field that is wrong.
    static func read(_ request: Request) async throws -> JobRequest {
        guard !request.hasLines else {
            var job = try self.request(from: try options(request))
            job.works = try await WorkLines.works(in: request.body)
            return job
        }
        _ = try request.query(of: [])
        return try fields(of: try await request.bodyBytes())
    }

    /// Decodes field by field, so that all that is wrong can be told at once.
    private static func fields(of text: [UInt8]) throws -> JobRequest {
        let document: JSONValue
        do {
            document = try JSONReader.value(of: text)
        } catch {
            throw Problem(.invalidJSON, fields: [FieldError(error)])
        }
        guard case .object(let fields) = document else {
            throw Problem(.invalidJSON, fields: [FieldError(path: "", message: "must be an object")])
        }
        return try request(from: fields)
    }

    private static func request(from fields: [String: JSONValue]) throws -> JobRequest {
        var right = fields
        var errors: [FieldError] = []
        for (name, value) in fields.sortedByBytes {
            if let error = error(in: value, of: name) {
                errors.append(error)
                right[name] = nil
                if errors.count > Problem.mostFields { break }
            }
        }
        guard errors.count <= Problem.mostFields else { throw Problem(.invalidJSON, fields: errors) }
        let request = try JSON.decode(JobRequest.self, from: .object(right))
        guard errors.isEmpty else {
            let others = request.problems().filter { $0.path != "topic" || fields["topic"] != nil }
            throw Problem(.invalidJSON, fields: errors + others)
        }
        return request
    }

    private static func error(in value: JSONValue, of name: String) -> FieldError? {
        guard JobRequest.fields.contains(name) else {
            return FieldError(path: name.excerpt, message: unknown(name, known: JobRequest.fields))
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
            _ = try JSON.decode(JobRequest.self, from: .object([name: value]))
            return nil
        } catch {
            return FieldError(error)
        }
    }

    private static func unknownField(in works: [JSONValue]) -> FieldError? {
        for (index, work) in works.enumerated() {
            if let error = unknownField(in: work, at: index) { return error }
        }
        return nil
    }

    /// - Parameter index: the work's place among those that were given.
    static func unknownField(in work: JSONValue, at index: Int) -> FieldError? {
        guard case .object(let fields) = work else { return nil }
        return unknownField(in: fields, at: "works[\(index)]", known: GivenWork.CodingKeys.allCases.map(\.rawValue))
    }

    private static func unknownField(in fields: [String: JSONValue], at path: String, known: [String]) -> FieldError? {
        fields.keys.filter { !known.contains($0) }.min().map { name in
            FieldError(path: "\(path).\(name.excerpt)", message: unknown(name, known: known))
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
}

extension Request {
    /// Whether the body is JSON lines.
    fileprivate var hasLines: Bool {
        let type = headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
        return ["application/jsonl", "application/x-ndjson", "application/x-jsonlines"].contains(type)
    }
}
