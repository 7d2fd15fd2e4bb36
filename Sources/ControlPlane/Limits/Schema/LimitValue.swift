import RateLimiting

/// What one key of a limits document holds.
enum LimitValue: Hashable, Sendable {
    case int(Int)
    case number(Double)
    case bool(Bool)
    case text(String)
    case mode(Policy.Mode)
    case rates([Rate])

    var json: JSONValue {
        switch self {
        case .int(let value): .int(value)
        case .number(let value): .double(value)
        case .bool(let value): .bool(value)
        case .text(let value): .string(value)
        case .mode(let value): .string(value.rawValue)
        case .rates(let value): .array(value.map { .string($0.description) })
        }
    }
}

extension LimitValue: CustomStringConvertible {
    var description: String {
        switch self {
        case .int(let value): "\(value)"
        case .number(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .text(let value): "\"\(value)\""
        case .mode(let value): value.rawValue
        case .rates(let value): value.map(\.description).joined(separator: ", ")
        }
    }
}

/// A Swift type that a key of the schema can have.
protocol LimitScalar: SendableMetatype {
    init?(_ value: LimitValue)
    var limitValue: LimitValue { get }
}

extension Int: LimitScalar {
    init?(_ value: LimitValue) {
        guard case .int(let int) = value else { return nil }
        self = int
    }
    var limitValue: LimitValue { .int(self) }
}

extension Double: LimitScalar {
    init?(_ value: LimitValue) {
        guard case .number(let number) = value else { return nil }
        self = number
    }
    var limitValue: LimitValue { .number(self) }
}

extension Bool: LimitScalar {
    init?(_ value: LimitValue) {
        guard case .bool(let bool) = value else { return nil }
        self = bool
    }
    var limitValue: LimitValue { .bool(self) }
}

extension String: LimitScalar {
    init?(_ value: LimitValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
    var limitValue: LimitValue { .text(self) }
}

extension Policy.Mode: LimitScalar {
    init?(_ value: LimitValue) {
        guard case .mode(let mode) = value else { return nil }
        self = mode
    }
    var limitValue: LimitValue { .mode(self) }
}

extension [Rate]: LimitScalar {
    init?(_ value: LimitValue) {
        guard case .rates(let rates) = value else { return nil }
        self = rates
    }
    var limitValue: LimitValue { .rates(self) }
}
