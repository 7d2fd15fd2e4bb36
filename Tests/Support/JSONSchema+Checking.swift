extension JSONSchema {
    /// What is wrong with a value, each with its place; empty when the value is valid.
    ///
    /// - Parameter definitions: what `$ref` may name, by the whole text of the reference.
    package func problems(
        of value: JSONTree, at place: String = "$", definitions: [String: JSONSchema] = [:]
    ) -> [String] {
        rules.flatMap { rule in
            rule.problems(of: value, at: place, definitions)
        }
    }
}

extension JSONSchema.Rule {
    fileprivate func problems(
        of value: JSONTree, at place: String, _ definitions: [String: JSONSchema]
    ) -> [String] {
        func accepts(_ schema: JSONSchema) -> Bool {
            schema.problems(of: value, at: place, definitions: definitions).isEmpty
        }
        switch self {
        case .never: return ["\(place): nothing may stand here"]
        case .reference(let name):
            guard let schema = definitions[name] else { return ["\(place): '\(name)' names no schema"] }
            return schema.problems(of: value, at: place, definitions: definitions)
        case .types(let names):
            return names.isDisjoint(with: value.kinds) ? ["\(place): is no \(names.sorted())"] : []
        case .oneOfValues(let values):
            return values.contains(value) ? [] : ["\(place): \(value) is none of the values possible"]
        case .range(let range):
            guard let number = value.double, !range.contains(number) else { return [] }
            return ["\(place): \(number) is not in \(range)"]
        case .length, .pattern, .format:
            return value.string.flatMap { textProblem(of: $0) }.map { ["\(place): \($0)"] } ?? []
        case .items, .count, .unique:
            return value.array.map { problems(of: $0, at: place, definitions) } ?? []
        case .required, .dependentRequired, .memberCount, .properties, .otherProperties, .propertyNames:
            return value.object.map { problems(of: $0, at: place, definitions) } ?? []
        case .allOf(let schemas):
            return schemas.flatMap { $0.problems(of: value, at: place, definitions: definitions) }
        case .anyOf(let schemas):
            return schemas.contains(where: accepts) ? [] : ["\(place): fits none of \(schemas.count) schemas"]
        case .oneOf(let schemas):
            let fitting = schemas.count(where: accepts)
            return fitting == 1 ? [] : ["\(place): fits \(fitting) of \(schemas.count) schemas, not one"]
        case .not(let schema):
            return accepts(schema) ? ["\(place): fits a schema that it must not fit"] : []
        }
    }

    private func problems(
        of elements: [JSONTree], at place: String, _ definitions: [String: JSONSchema]
    ) -> [String] {
        switch self {
        case .items(let schema):
            elements.enumerated().flatMap { index, element in
                schema.problems(of: element, at: "\(place)[\(index)]", definitions: definitions)
            }
        case .count(let range) where !range.contains(elements.count):
            ["\(place): has \(elements.count) elements"]
        case .unique where Set(elements).count < elements.count:
            ["\(place): has an element twice"]
        default: []
        }
    }

    private func problems(
        of members: [String: JSONTree], at place: String, _ definitions: [String: JSONSchema]
    ) -> [String] {
        func problems(of name: String, _ value: JSONTree, _ schema: JSONSchema) -> [String] {
            schema.problems(of: value, at: "\(place).\(name)", definitions: definitions)
        }
        switch self {
        case .required(let names):
            return names.filter { members[$0] == nil }.map { "\(place).\($0): is missing" }
        case .dependentRequired(let dependents):
            return dependents.flatMap { name, needed in
                members[name] == nil
                    ? [] : needed.filter { members[$0] == nil }.map { "\(place).\($0): is needed by \(name)" }
            }
        case .memberCount(let range):
            return range.contains(members.count) ? [] : ["\(place): has \(members.count) members"]
        case .properties(let schemas):
            return schemas.flatMap { name, schema in members[name].map { problems(of: name, $0, schema) } ?? [] }
        case .otherProperties(let schema, let known):
            return members.filter { !known.contains($0.key) }.flatMap { problems(of: $0, $1, schema) }
        case .propertyNames(let schema):
            return members.keys.flatMap { problems(of: $0, .string($0), schema) }
        default: return []
        }
    }
}
