extension DocumentNode {
    /// - Throws: ``DocumentProblems`` with line and column.
    init(json bytes: some Sequence<UInt8>) throws(DocumentProblems) {
        do {
            self.init(json: try JSONReader.value(of: Array(bytes)), path: .root)
        } catch {
            throw DocumentProblems([
                DocumentProblem(path: error.path, place: error.place, message: error.message)
            ])
        }
    }

    init(json: JSONValue, path: DocumentPath) {
        let value: Value =
            switch json {
            case .null: .null
            case .bool(let value): .bool(value)
            case .int(let value): .int(value)
            case .double(let value): .double(value)
            case .string(let value): .string(value)
            case .array(let values):
                .sequence(values.enumerated().map { DocumentNode(json: $1, path: path.appending(.index($0))) })
            case .object(let values):
                .mapping(
                    values.sortedByBytes.map { key, value in
                        (key, DocumentNode(json: value, path: path.appending(.key(key))))
                    })
            }
        self.init(value, path: path)
    }

    /// The same values, without their places.
    var json: JSONValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .mapping(let entries): .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { $1 })
        }
    }
}
