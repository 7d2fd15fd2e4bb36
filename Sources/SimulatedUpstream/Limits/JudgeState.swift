/// Everything the judge remembers, as a value; time is an argument.
struct JudgeState {
    static let mostHosts = 10_000
    static let overflowHost = "(other hosts)"

    let rules: LimitRules
    private(set) var tallies: [LimitKey: Tally] = [:]
    private(set) var requests = 0
    private(set) var rejected = 0
    private var hosts: Set<String> = []

    init(rules: LimitRules) {
        self.rules = rules
    }

    var worstExcess: Int { tallies.values.map(\.worstExcess).max() ?? 0 }

    /// Counts one request, rejected or not, and says how the host takes it.
    mutating func count(host name: String, role: RequestRole, at now: Int64) -> Verdict {
        let host = hosts.contains(name) || hosts.count < Self.mostHosts ? name : Self.overflowHost
        hosts.insert(host)
        requests += 1

        let whole = LimitKey(host: host, role: nil)
        let part = LimitKey(host: host, role: role)
        let keys = rules.rates(for: part).isEmpty ? [whole] : [whole, part]
        let rules = rules
        var fits: Int64?
        for key in keys {
            let other = tallies[
                key, default: Tally(rates: rules.rates(for: key), toleranceNanoseconds: rules.toleranceNanoseconds)
            ].record(at: now)
            if let other {
                fits = max(fits ?? now, other)
            }
        }
        guard let fits else { return .admitted }

        rejected += 1
        for key in keys {
            tallies[key]?.rejected += 1
        }
        let wait = fits - now + rules.toleranceNanoseconds
        return .rejected(retryAfterSeconds: max(1, Int((wait + 999_999_999) / 1_000_000_000)))
    }
}
