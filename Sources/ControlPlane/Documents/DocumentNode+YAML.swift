import Yams

extension DocumentNode {
    /// - Parameter isTrusted: whether it comes from the operator's own files. Others may use no anchors: a few that
    ///   refer to each other keep the parser busy for hours.
    /// - Throws: ``DocumentProblems`` with line and column.
    init(yaml text: String, isTrusted: Bool = true) throws(DocumentProblems) {
        let text = text.withoutByteOrderMark
        if !isTrusted, let anchor = Self.firstAnchor(in: text) {
            throw DocumentProblems([
                DocumentProblem(
                    path: "", place: Self.place(anchor, in: text),
                    message: "anchors (&name) are not accepted in a request; write the values out")
            ])
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw DocumentProblems([
                    DocumentProblem(path: "", place: TextPlace(line: 1, column: 1), message: "the document is empty")
                ])
            }
            var budget = Self.maximumValues
            try self.init(node, under: nil, path: "", depth: 0, &budget)
        } catch let problems as DocumentProblems {
            throw problems
        } catch {
            throw DocumentProblems([Self.problem(error)])
        }
    }

    /// Values that a document may have once its aliases are written out: a few nested ones can stand for billions.
    private static let maximumValues = 100_000
    private static let maximumDepth = 32

    private init(
        _ node: Node, under key: Node?, path: String, depth: Int, _ budget: inout Int
    ) throws(DocumentProblems) {
        budget -= 1
        self.path = path
        place = node.mark.map { TextPlace(line: $0.line, column: $0.column) }
        keyPlace = key?.mark.map { TextPlace(line: $0.line, column: $0.column) }
        guard budget > 0 else {
            throw DocumentProblems([
                DocumentProblem(
                    path: path, place: place, message: "the document has more than \(Self.maximumValues) values")
            ])
        }
        guard depth <= Self.maximumDepth else {
            throw DocumentProblems([
                DocumentProblem(path: path, place: place, message: "is nested more than \(Self.maximumDepth) deep")
            ])
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            value = isPlain ? Value(plain: scalar.string) : .string(scalar.string)
        case .sequence(let sequence):
            var items: [DocumentNode] = []
            for (index, item) in sequence.enumerated() {
                items.append(try DocumentNode(item, under: nil, path: "\(path)[\(index)]", depth: depth + 1, &budget))
            }
            value = .sequence(items)
        case .mapping(let mapping):
            var entries: [(key: String, value: DocumentNode)] = []
            for (key, item) in mapping {
                guard let name = key.scalar?.string else {
                    throw DocumentProblems([
                        DocumentProblem(path: path, place: place, message: "has a key that is no text")
                    ])
                }
                let value = try DocumentNode(
                    item, under: key, path: Self.path(path, name), depth: depth + 1, &budget)
                entries.append((name, value))
            }
            value = .mapping(entries)
        case .alias:
            value = .null
        }
    }

    private static func problem(_ error: any Error) -> DocumentProblem {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            DocumentProblem(
                path: "", place: TextPlace(line: mark.line, column: mark.column),
                message: "not valid YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            DocumentProblem(
                path: duplicates.joined(separator: ", "),
                place: TextPlace(line: context.mark.line, column: context.mark.column),
                message: "given more than once; this is the first")
        case YamlError.reader(let problem, let offset, _, let text):
            DocumentProblem(
                path: "", place: offset.map { Self.place($0, in: text) }, message: "not valid YAML: \(problem)")
        default:
            DocumentProblem(path: "", place: nil, message: "not valid YAML: \(error)")
        }
    }

    /// Where an anchor may begin: at any `&` that stands in no word. Values of a document have none, and what looks
    /// like a comment or a quotation may be neither.
    private static func firstAnchor(in text: String) -> Int? {
        var isInWord = false
        for (offset, byte) in text.utf8.enumerated() {
            if byte == UInt8(ascii: "&"), !isInWord { return offset }
            isInWord =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: false
                }
        }
        return nil
    }

    private static func place(_ offset: Int, in text: String) -> TextPlace {
        let lines = text.utf8.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return TextPlace(line: lines.count, column: (lines.last?.count ?? 0) + 1)
    }
}
