/// A JSON Schema (2020-12) as the rules that its keywords state.
///
/// It knows the keywords that are read in ``init(_:)``; any other is an error, so that none is ever passed over.
package struct JSONSchema: Sendable {
    indirect enum Rule: Sendable {
        /// The schema `false`.
        case never
        case reference(String)
        case types(Set<String>)
        case oneOfValues([JSONTree])
        case range(ClosedRange<Double>)
        case length(ClosedRange<Int>)
        case pattern(String)
        case format(String)
        case items(JSONSchema)
        case count(ClosedRange<Int>)
        case unique
        case memberCount(ClosedRange<Int>)
        case required([String])
        case dependentRequired([String: [String]])
        case properties([String: JSONSchema])
        case otherProperties(JSONSchema, known: Set<String>)
        case propertyNames(JSONSchema)
        case allOf([JSONSchema])
        case anyOf([JSONSchema])
        case oneOf([JSONSchema])
        case not(JSONSchema)
    }

    let rules: [Rule]

    /// The members that are named by the schema, and by those that it refers to.
    package func memberNames(definitions: [String: JSONSchema]) -> Set<String> {
        rules.reduce(into: []) { names, rule in
            switch rule {
            case .properties(let schemas): names.formUnion(schemas.keys)
            case .reference(let name): names.formUnion(definitions[name]?.memberNames(definitions: definitions) ?? [])
            default: break
            }
        }
    }
}

/// A schema that cannot be read: which keyword is unknown, or has a value that makes no sense.
package struct JSONSchemaError: Error, Hashable, CustomStringConvertible {
    package let keyword: String

    package var description: String { "the keyword '\(keyword)' is unknown or has a value of the wrong kind" }
}
