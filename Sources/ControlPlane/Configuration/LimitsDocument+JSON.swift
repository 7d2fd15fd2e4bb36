import RateLimiting

extension LimitsDocument {
    /// The document in the form that it is read from.
    var json: JSONValue {
        func roles(_ roles: [String: PolicyPatch]) -> JSONValue { .object(roles.mapValues(\.json)) }
        return .object([
            "version": .int(1),
            "defaults": roles(defaults),
            "hosts": .object(hosts.mapValues(roles)),
            "backend": .object(["kind": .string("memory"), "dsn": .string("")]),
            "aimd": .object([
                "enabled": .bool(aimd.enabled),
                "window_s": .int(aimd.windowSeconds),
                "high_429_ratio": .double(aimd.highRatio),
                "increase_step_pct": .double(aimd.increaseStepPercent),
                "decrease_step_pct": .double(aimd.decreaseStepPercent),
                "min_multiplier": .double(aimd.minimumMultiplier),
                "max_multiplier": .double(aimd.maximumMultiplier),
            ]),
            "global_max_inflight": .int(globalMaxInflight),
        ])
    }
}

extension PolicyPatch {
    fileprivate var json: JSONValue {
        var fields: [String: JSONValue] = [:]
        if let rates { fields["rates"] = .array(rates.map { .string($0.description) }) }
        if let maxDelayMilliseconds { fields["max_delay_ms"] = .int(maxDelayMilliseconds) }
        if let maxConcurrent { fields["max_concurrent"] = .int(maxConcurrent) }
        if let maxWaiters { fields["max_waiters"] = .int(maxWaiters) }
        if let mode { fields["mode"] = .string(mode.rawValue) }
        if let countHead { fields["count_head"] = .bool(countHead) }
        if let guardMilliseconds { fields["guard_ms"] = .int(guardMilliseconds) }
        return .object(fields)
    }
}
