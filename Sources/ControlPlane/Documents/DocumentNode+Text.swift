extension DocumentNode {
    /// A single value as a variable, a flag or a command states it: rates are joined by `+`.
    init(_ text: String, _ kind: LimitsSchema.Kind, path: DocumentPath) {
        let rates = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        let value: Value =
            switch (kind, text) {
            case (.rates, _):
                .sequence(rates.enumerated().map { DocumentNode(.string($1), path: path.appending(.index($0))) })
            case (.bool, "1"): .bool(true)
            case (.bool, "0"): .bool(false)
            case (.choice, _), (.prefix, _), (.address, _), (.mode, _): .string(text)
            default: Value(plain: text)
            }
        self.init(value, path: path)
    }

    /// A policy on one line: `rates:50/SECOND+10000/HOUR,max_delay_ms:250`.
    init(policy text: String, path: DocumentPath) throws(DocumentProblems) {
        var entries: [(key: String, value: DocumentNode)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.trimmingPrefix(while: \.isWhitespace)
            }
            guard pair.count == 2 else {
                throw DocumentProblems([
                    DocumentProblem(
                        path: "\(path)",
                        message: "'\(part.excerpt)' should look like rates:50/SECOND+10000/HOUR or max_delay_ms:250")
                ])
            }
            let key = String(pair[0])
            let part = path.appending(.key(key))
            guard !entries.contains(where: { $0.key == key }) else {
                throw DocumentProblems([DocumentProblem(path: "\(part)", message: "given more than once")])
            }
            let kind = LimitsSchema.policy.first { $0.name == key }?.kind ?? .mode
            entries.append((key, DocumentNode(String(pair[1]), kind, path: part)))
        }
        self.init(.mapping(entries), path: path)
    }
}
