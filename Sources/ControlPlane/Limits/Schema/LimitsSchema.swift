import RateLimiting

/// Every key of the limits document, schema version 1, declared once: reading, merging, showing and the tests go by it.
enum LimitsSchema {
    enum Kind: Sendable {
        case int(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case bool
        case mode
        case rates
        /// One of these texts.
        case choice([String])
        /// What the names of other things begin with.
        case prefix
        /// An address, which may carry a password, or the empty text.
        case address
    }

    static let policy: [SchemaKey<PolicyPatch>] = [
        SchemaKey("rates", .rates, \.rates),
        SchemaKey("max_delay_ms", .int(0...86_400_000), \.maxDelayMilliseconds),
        SchemaKey("max_concurrent", .int(1...1_000_000_000), \.maxConcurrent),
        SchemaKey("max_waiters", .int(0...100_000), \.maxWaiters),
        SchemaKey("count_head", .bool, \.countHead),
        SchemaKey("guard_ms", .int(0...60_000), \.guardMilliseconds),
        SchemaKey("mode", .mode, \.mode),
    ]

    static let aimd: [SchemaKey<AIMDSettings>] = [
        SchemaKey("enabled", .bool, \.enabled),
        SchemaKey("window_s", .int(1...1_000_000_000), \.windowSeconds),
        SchemaKey("high_429_ratio", .number(0...1), \.highRatio),
        SchemaKey("increase_step_pct", .number(0...100), \.increaseStepPercent),
        SchemaKey("decrease_step_pct", .number(0...100), \.decreaseStepPercent),
        SchemaKey("min_multiplier", .number(0.001...1), \.minimumMultiplier),
        SchemaKey("max_multiplier", .number(0.001...10), \.maximumMultiplier),
    ]

    static let backend: [SchemaKey<BackendSettings>] = [
        SchemaKey("kind", .choice(BackendSettings.kinds), \.kind),
        SchemaKey("dsn", .address, \.dsn),
        SchemaKey("on_failure", .choice(FailureMode.allCases.map(\.rawValue)), \.onFailure),
        SchemaKey("instances", .int(0...1000), \.instances),
        SchemaKey("learning_s", .int(0...86_400), \.learningSeconds),
        SchemaKey("namespace", .prefix, \.namespace),
        SchemaKey("hash_tag", .choice(BackendSettings.hashTags), \.hashTag),
    ]

    static let top: [SchemaKey<LimitsDocument>] = [
        SchemaKey("global_max_inflight", .int(1...1_000_000_000), \.globalMaxInflight)
    ]

    /// Parts of the document that are mappings.
    static let sections = ["defaults", "hosts", "backend", "aimd"]

    /// What a value may be; `nil` for a path that the schema does not know.
    static func kind(of path: LimitPath) -> Kind? {
        func kind<Target>(_ keys: [SchemaKey<Target>], _ name: String) -> Kind? {
            keys.first { $0.name == name }?.kind
        }
        return switch path {
        case .top(let key): kind(top, key)
        case .backend(let key): kind(backend, key)
        case .aimd(let key): kind(aimd, key)
        case .defaults(_, let key), .host(_, _, let key): kind(policy, key)
        }
    }

    /// The keys that may stand where a path leads.
    static func keys(beside path: LimitPath) -> [String] {
        switch path {
        case .top: top.map(\.name)
        case .backend: backend.map(\.name)
        case .aimd: aimd.map(\.name)
        case .defaults, .host: policy.map(\.name)
        }
    }

    static func isPrefix(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._:-".unicodeScalars.contains($0))
            }
    }

    static let roleRequirement = "use 1 to 64 of a-z, 0-9, '_' and '-'"

    static func isRole(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

/// One key of the limits document: its name, what it may hold, and where that goes.
struct SchemaKey<Target>: Sendable {
    let name: String
    let kind: LimitsSchema.Kind
    let get: @Sendable (Target) -> LimitValue?
    let set: @Sendable (inout Target, LimitValue) -> Void

    /// A value that may be left unsaid.
    init<Value: LimitScalar>(
        _ name: String, _ kind: LimitsSchema.Kind, _ path: any WritableKeyPath<Target, Value?> & Sendable
    ) {
        self.name = name
        self.kind = kind
        get = { $0[keyPath: path]?.limitValue }
        set = { target, value in Value(value).map { target[keyPath: path] = $0 } }
    }

    init<Value: LimitScalar>(
        _ name: String, _ kind: LimitsSchema.Kind, _ path: any WritableKeyPath<Target, Value> & Sendable
    ) {
        self.name = name
        self.kind = kind
        get = { $0[keyPath: path].limitValue }
        set = { target, value in Value(value).map { target[keyPath: path] = $0 } }
    }
}
