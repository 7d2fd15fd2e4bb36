/// All rules for `/robots.txt`, and which of them holds for a host.
struct RobotsRules: Sendable {
    private let policies: [String: RobotsPolicy]

    init(_ rules: [RobotsRule]) throws {
        var policies: [String: RobotsPolicy] = [:]
        for rule in rules {
            guard policies.updateValue(rule.policy, forKey: rule.host) == nil else {
                throw ArgumentProblem("two robots rules are given for '\(rule.host)'")
            }
        }
        self.policies = policies
    }

    /// The host's own rule, else the one for every host, else everything is allowed.
    func policy(for host: String) -> RobotsPolicy {
        policies[host] ?? policies["*"] ?? .allow
    }
}
