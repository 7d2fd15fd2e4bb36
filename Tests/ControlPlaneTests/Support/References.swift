import TestSupport

/// Follows `$ref` within one document.
struct References {
    let root: JSONTree

    /// What a reference names, however many steps away; a tree without one is itself.
    ///
    /// - Throws: ``ContractDefect`` when it names nothing.
    func resolve(_ tree: JSONTree) throws -> JSONTree {
        guard let reference = tree["$ref"]?.string else { return tree }
        guard reference.hasPrefix("#/") else { throw ContractDefect(description: "'\(reference)' leads elsewhere") }
        let target = reference.dropFirst(2).split(separator: "/").reduce(JSONTree?.some(root)) { $0?[String($1)] }
        guard let target else { throw ContractDefect(description: "'\(reference)' names nothing") }
        return try resolve(target)
    }

    /// All references at and below a tree.
    static func all(in tree: JSONTree) -> [String] {
        switch tree {
        case .array(let elements): elements.flatMap(all)
        case .object(let members): members.flatMap { $0 == "$ref" ? [$1.string ?? ""] : all(in: $1) }
        case .null, .bool, .integer, .number, .string: []
        }
    }
}
