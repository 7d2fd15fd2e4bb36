import TestSupport

@testable import RateLimiting

/// Small random tables and requests: few units, short windows and few slots, so that everything gets in each
/// other's way.
enum RandomLimits {
    static let hosts = ["a", "b", "c.x"]

    static func document(_ random: inout SeededGenerator) -> LimitsDocument {
        var hosts: [String: [String: PolicyPatch]] = [:]
        for host in ["a", "b", "*.x"] where random.chance(50) {
            hosts[host] = ["r": patch(&random)]
        }
        return LimitsDocument(
            defaults: ["r": patch(&random), "s": patch(&random)], hosts: hosts, globalMaxInflight: random.number(1...6))
    }

    static func request(_ random: inout SeededGenerator) -> AcquireRequest {
        let hosts = Self.hosts.shuffled(using: &random).prefix(random.chance(60) ? 1 : random.number(1...3))
        let claims = hosts.map { host in
            AcquireRequest.Claim(
                key: LimitKey(host: host, role: random.chance(85) ? "r" : "s"),
                weight: random.chance(70) ? 1 : random.number(1...4))
        }
        return AcquireRequest(
            claims: claims,
            maxWaitMilliseconds: random.chance(50) ? nil : random.number(0...15),
            wait: random.chance(65) ? .server : .client,
            hold: random.chance(75),
            leaseTTLMilliseconds: random.number(1...30),
            isHead: random.chance(15),
            reportsUsage: random.chance(30)
        )
    }

    private static func patch(_ random: inout SeededGenerator) -> PolicyPatch {
        let rates = (0..<random.number(0...2)).compactMap { _ in
            try? Rate(units: random.number(1...5), interval: Int64(random.number(1...15)) * 1000)
        }
        return PolicyPatch(
            rates: rates,
            maxDelayMilliseconds: random.number(0...20),
            maxConcurrent: random.chance(60) ? random.number(1...3) : nil,
            countHead: random.chance(50),
            guardMilliseconds: random.number(0...1)
        )
    }
}
