import CYaml
import Yams

extension DocumentNode {
    /// - Parameter isTrusted: whether it comes from the operator's own files. Others may not use what costs more than
    ///   its length.
    /// - Throws: ``DocumentProblems`` with line and column.
    init(yaml text: String, isTrusted: Bool = true) throws(DocumentProblems) {
        _ = Self.limitDepth
        let text = text.withoutByteOrderMark
        if !isTrusted { try Self.refuseCostly(text) }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw DocumentProblems([
                    DocumentProblem(path: "", place: TextPlace(line: 1, column: 1), message: "the document is empty")
                ])
            }
            var budget = Self.maximumValues
            try self.init(node, under: nil, path: .root, depth: 0, &budget)
        } catch let problems as DocumentProblems {
            throw problems
        } catch {
            throw DocumentProblems([Self.problem(error)])
        }
    }

    /// Values that a document may have once its aliases are written out: a few nested ones can stand for billions.
    private static let maximumValues = 100_000
    private static let maximumDepth = 32

    /// The parser passes over everything that is open with each token, and lets a thousand be open unless told.
    private static let limitDepth: Void = yaml_set_max_nest_level(64)

    private init(
        _ node: Node, under key: Node?, path: DocumentPath, depth: Int, _ budget: inout Int
    ) throws(DocumentProblems) {
        budget -= 1
        self.path = path
        place = node.mark.map { TextPlace(line: $0.line, column: $0.column) }
        keyPlace = key?.mark.map { TextPlace(line: $0.line, column: $0.column) }
        guard budget > 0 else {
            throw DocumentProblems([
                DocumentProblem(
                    path: "\(path)", place: place, message: "the document has more than \(Self.maximumValues) values")
            ])
        }
        guard depth <= Self.maximumDepth else {
            throw DocumentProblems([
                DocumentProblem(path: "\(path)", place: place, message: "is nested more than \(Self.maximumDepth) deep")
            ])
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            value = isPlain ? Value(plain: scalar.string) : .string(scalar.string)
        case .sequence(let sequence):
            var items: [DocumentNode] = []
            for (index, item) in sequence.enumerated() {
                items.append(
                    try DocumentNode(item, under: nil, path: path.appending(.index(index)), depth: depth + 1, &budget))
            }
            value = .sequence(items)
        case .mapping(let mapping):
            var entries: [(key: String, value: DocumentNode)] = []
            for (key, item) in mapping {
                guard let name = key.scalar?.string else {
                    throw DocumentProblems([
                        DocumentProblem(path: "\(path)", place: place, message: "has a key that is no text")
                    ])
                }
                let value = try DocumentNode(
                    item, under: key, path: path.appending(.key(name)), depth: depth + 1, &budget)
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
                path: duplicates.prefix(10).map(\.excerpt).joined(separator: ", "),
                place: TextPlace(line: context.mark.line, column: context.mark.column),
                message: "given more than once; this is the first")
        case YamlError.reader(let problem, let offset, _, let text):
            DocumentProblem(
                path: "", place: offset.map { Self.place($0, in: text) }, message: "not valid YAML: \(problem)")
        default:
            DocumentProblem(path: "", place: nil, message: "not valid YAML: \(error)")
        }
    }

    static func place(_ offset: Int, in text: String) -> TextPlace {
        let lines = text.utf8.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return TextPlace(line: lines.count, column: (lines.last?.count ?? 0) + 1)
    }
}
