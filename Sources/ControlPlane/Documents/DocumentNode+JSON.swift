import Foundation

extension DocumentNode {
    /// - Throws: ``DocumentProblems``; with line and column where the text is no JSON or repeats a key, else with paths.
    init(json data: Data) throws(DocumentProblems) {
        // The decoder reads other encodings as well, which whoever looks at the bytes would misread.
        guard !data.contains(0) else {
            throw DocumentProblems([DocumentProblem(path: "", message: "not valid JSON: it must be UTF-8")])
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: data)
        } catch {
            let problem = JSONProblem(error, in: data)
            throw DocumentProblems([DocumentProblem(path: problem.path, message: problem.message)])
        }
        if let (path, place) = JSONKeys.firstRepeated(in: data) {
            throw DocumentProblems([DocumentProblem(path: path, place: place, message: "given more than once")])
        }
        self.init(json: value, path: "")
    }

    init(json: JSONValue, path: String) {
        let value: Value =
            switch json {
            case .null: .null
            case .bool(let value): .bool(value)
            case .int(let value): .int(value)
            case .double(let value): .double(value)
            case .string(let value): .string(value)
            case .array(let values):
                .sequence(values.enumerated().map { DocumentNode(json: $1, path: "\(path)[\($0)]") })
            case .object(let values):
                .mapping(
                    values.sorted { $0.key < $1.key }.map { key, value in
                        (key, DocumentNode(json: value, path: Self.path(path, key)))
                    })
            }
        self.init(value, path: path)
    }
}
