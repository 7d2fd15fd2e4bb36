/// All rules, and which of them hold for a request.
struct LimitRules: Sendable {
    private let rates: [LimitKey: [UpstreamRate]]
    let toleranceNanoseconds: Int64

    init(_ rules: [LimitRule], toleranceMilliseconds: Int) throws {
        guard toleranceMilliseconds >= 0 else {
            throw ArgumentProblem("the jitter tolerance must not be negative")
        }
        let tolerance = Int64(toleranceMilliseconds) * 1_000_000
        var rates: [LimitKey: [UpstreamRate]] = [:]
        for rule in rules {
            let name = rule.key.host + (rule.key.role.map { ":" + $0.rawValue } ?? "")
            if let rate = rule.rates.first(where: { $0.nanoseconds <= tolerance }) {
                throw ArgumentProblem("a jitter tolerance of \(toleranceMilliseconds) ms leaves nothing of \(rate)")
            }
            guard rates.updateValue(rule.rates, forKey: rule.key) == nil else {
                throw ArgumentProblem("two limits are given for '\(name)'; list its rates in one, separated by commas")
            }
        }
        self.rates = rates
        toleranceNanoseconds = tolerance
    }

    /// The rates for this key: its own rule, else the rule for every host, else none.
    func rates(for key: LimitKey) -> [UpstreamRate] {
        rates[key] ?? rates[LimitKey(host: "*", role: key.role)] ?? []
    }
}
