/// A type that is decoded from one JSON value.
protocol JSONScalar {
    /// What the value has to be, for messages.
    static var requirement: String { get }

    /// `nil` for a value of another type, or one that this type cannot hold.
    init?(_ value: JSONValue)
}

extension JSONValue: JSONScalar {
    static var requirement: String { "a value" }

    init?(_ value: JSONValue) { self = value }
}

extension Bool: JSONScalar {
    static var requirement: String { "true or false" }

    init?(_ value: JSONValue) {
        guard case .bool(let value) = value else { return nil }
        self = value
    }
}

extension String: JSONScalar {
    static var requirement: String { "a text" }

    init?(_ value: JSONValue) {
        guard case .string(let value) = value else { return nil }
        self = value
    }
}

extension Double: JSONScalar {
    static var requirement: String { "a number" }

    init?(_ value: JSONValue) {
        switch value {
        case .int(let value): self.init(value)
        case .double(let value): self = value
        default: return nil
        }
    }
}

extension JSONScalar where Self: FixedWidthInteger {
    static var requirement: String { "a whole number" }

    init?(_ value: JSONValue) {
        guard case .int(let value) = value else { return nil }
        self.init(exactly: value)
    }
}

extension Int: JSONScalar {}
extension Int64: JSONScalar {}
