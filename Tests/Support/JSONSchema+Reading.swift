extension JSONSchema {
    /// Keywords that only tell people something.
    private static let annotations: Set<String> = [
        "title", "description", "default", "example", "examples", "writeOnly",
    ]
    private static let kinds: Set<String> = ["null", "boolean", "integer", "number", "string", "array", "object"]

    /// - Throws: ``JSONSchemaError`` for the first keyword that is not understood, however deep.
    package init(_ tree: JSONTree) throws(JSONSchemaError) {
        switch tree {
        case .bool(true): rules = []
        case .bool(false): rules = [.never]
        case .object(let keywords):
            var rules: [Rule] = []
            for (keyword, value) in keywords.sorted(by: { $0.key < $1.key })
            where !Self.annotations.contains(keyword) {
                rules.append(try Self.rule(keyword, value, among: keywords))
            }
            self.rules = rules
        default: throw JSONSchemaError(keyword: "")
        }
    }

    private static func rule(
        _ keyword: String, _ value: JSONTree, among keywords: [String: JSONTree]
    ) throws(JSONSchemaError) -> Rule {
        let rule: Rule?
        switch keyword {
        case "$ref": rule = value.string.map(Rule.reference)
        case "type": rule = types(value)
        case "const": rule = .oneOfValues([value])
        case "enum": rule = value.array.map(Rule.oneOfValues)
        case "minimum": rule = value.double.map { .range($0...(.infinity)) }
        case "maximum": rule = value.double.map { .range(-.infinity...$0) }
        case "minLength": rule = value.int.map { .length($0...(.max)) }
        case "maxLength": rule = value.int.map { .length(0...$0) }
        case "pattern": rule = value.string.flatMap { (try? Regex($0)) == nil ? nil : .pattern($0) }
        case "format": rule = value.string.flatMap { isKnownFormat($0) ? .format($0) : nil }
        case "items": rule = .items(try JSONSchema(value))
        case "minItems": rule = value.int.map { .count($0...(.max)) }
        case "maxItems": rule = value.int.map { .count(0...$0) }
        case "uniqueItems": rule = value == .bool(true) ? .unique : nil
        case "maxProperties": rule = value.int.map { .memberCount(0...$0) }
        case "required": rule = strings(value).map(Rule.required)
        case "dependentRequired": rule = value.object.map { .dependentRequired($0.compactMapValues(strings)) }
        case "properties": rule = try schemas(value).map(Rule.properties)
        case "additionalProperties":
            let known = keywords["properties"]?.object.map { Set($0.keys) }
            rule = .otherProperties(try JSONSchema(value), known: known ?? [])
        case "propertyNames": rule = .propertyNames(try JSONSchema(value))
        case "allOf": rule = try list(value).map(Rule.allOf)
        case "anyOf": rule = try list(value).map(Rule.anyOf)
        case "oneOf": rule = try list(value).map(Rule.oneOf)
        case "not": rule = .not(try JSONSchema(value))
        default: rule = nil
        }
        guard let rule else { throw JSONSchemaError(keyword: keyword) }
        return rule
    }

    private static func types(_ value: JSONTree) -> Rule? {
        let names = value.string.map { [$0] } ?? strings(value)
        return names.flatMap { kinds.isSuperset(of: $0) ? .types(Set($0)) : nil }
    }

    private static func strings(_ value: JSONTree) -> [String]? {
        guard let elements = value.array else { return nil }
        let texts = elements.compactMap(\.string)
        return texts.count == elements.count ? texts : nil
    }

    private static func list(_ value: JSONTree) throws(JSONSchemaError) -> [JSONSchema]? {
        guard let elements = value.array else { return nil }
        var schemas: [JSONSchema] = []
        for element in elements { schemas.append(try JSONSchema(element)) }
        return schemas
    }

    private static func schemas(_ value: JSONTree) throws(JSONSchemaError) -> [String: JSONSchema]? {
        guard let members = value.object else { return nil }
        var schemas: [String: JSONSchema] = [:]
        for (name, member) in members { schemas[name] = try JSONSchema(member) }
        return schemas
    }
}
