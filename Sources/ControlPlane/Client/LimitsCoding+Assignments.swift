extension LimitsCoding {
    /// A merge patch (RFC 7396) that says one thing after the other, each as `PATH=VALUE`; an empty value takes back
    /// what the API said.
    ///
    /// - Throws: ``DocumentProblems`` that name the texts.
    static func patch(_ texts: [String]) throws(DocumentProblems) -> [String: JSONValue] {
        var root: [String: JSONValue] = [:]
        var seen: Set<LimitPath> = []
        for text in texts {
            func problem(_ message: String) -> DocumentProblems {
                DocumentProblems([DocumentProblem(path: text, message: message)])
            }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let path = LimitPath(parts[0]) else {
                throw problem("should look like hosts.export.arxiv.org.metadata.rates=1/3SECOND+1000/DAY")
            }
            guard let kind = LimitsSchema.kind(of: path) else {
                let key = path.components.last ?? ""
                throw problem("unknown key '\(key)'\(Spelling.hint(for: key, in: LimitsSchema.keys(beside: path)))")
            }
            guard seen.insert(path).inserted else { throw problem("given more than once") }
            var value = JSONValue.null
            if !parts[1].isEmpty {
                let node = DocumentNode(parts[1], kind, path: DocumentPath(parts[0]))
                let read = try LimitsReader.read(node, at: path, origin: .flag(parts[0]))
                value = read.layer.values[path]?.value?.json ?? .null
            }
            set(value, at: path.components[...], in: &root)
        }
        return root
    }
}
