import RateLimiting

extension LimiterBenchmarks {
    /// What is done about one key, beside so many others in use.
    static func byKeys() async throws {
        for keys in [1000, 100_000, 1_000_000] {
            let limits = try limits(clock: SteppingClock())
            let requests = (0..<keys).map { request($0, hold: false) }
            for request in requests { _ = try await limits.begin(request) }
            precondition(limits.totals().keys == keys)
            func measure(_ work: String, _ body: (AcquireRequest) async throws -> Void) async throws {
                let each = try await best(of: 100_000) { count in
                    for index in 0..<count { try await body(requests[index &* 7919 % keys]) }
                }
                report("\(work)_keys_\(keys)", each, "ns")
            }
            try await measure("acquire") { _ = try await limits.begin($0) }
            try await measure("check") { _ = try await limits.check($0) }
            try await measure("usage") {
                _ = limits.usage(ListRequest(host: $0.claims[0].key.host, role: $0.claims[0].key.role))
            }
        }
    }
}
