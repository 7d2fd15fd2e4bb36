import RateLimiting

/// The policy of one host and role, each value with where it comes from.
struct PolicyExplanation: Sendable {
    struct Line: Sendable {
        let key: String
        /// `nil` is no limit.
        let value: LimitValue?
        let origin: Origin
        /// The part of the document that says it; `nil` where none does.
        let path: LimitPath?
    }

    let host: String
    let role: String
    let lines: [Line]

    /// - Returns: `nil` when no policy names the role.
    init?(host: String, role: String, in limits: EffectiveLimits) {
        let document = limits.document
        let patterns = document.patterns(matching: host)
        guard document.defaults[role] != nil || patterns.contains(where: { document.hosts[$0]?[role] != nil }) else {
            return nil
        }
        self.host = host
        self.role = role
        lines = LimitsSchema.policy.map { key in
            guard let (path, entry) = limits.statement(key.name, patterns: patterns, role: role) else {
                return Line(key: key.name, value: key.get(.unstated), origin: .builtIn, path: nil)
            }
            return Line(key: key.name, value: entry.value, origin: entry.origin, path: path)
        }
    }
}

extension PolicyPatch {
    fileprivate static let unstated = PolicyPatch(
        maxDelayMilliseconds: Policy.unstated.maxDelayMilliseconds, maxWaiters: Policy.unstated.maxWaiters,
        countHead: Policy.unstated.countHead, guardMilliseconds: Policy.unstated.guardMilliseconds,
        mode: Policy.unstated.mode)
}
