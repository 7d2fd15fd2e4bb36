import LimitBackends
import RateLimiting

/// What one acquire, one check and the usage of one key cost, by the number of keys in use.
enum KeyBenchmarks {
    private static let counts = [1000, 100_000, 1_000_000]
    private static let batch = 500
    private static let samples = 500

    private static func request(_ index: Int) -> AcquireRequest {
        AcquireRequest(
            claims: [.init(key: LimitKey(host: "host-\(index).example.org", role: "metadata"))], wait: .client,
            hold: false)
    }

    /// - Parameter report: takes a name and the median of microseconds, or a count.
    static func run(_ backend: ReplicatedBackend, _ report: (String, Double) -> Void) async throws {
        var (keys, unavailable) = (0, 0)
        for count in counts {
            while keys < count {
                do {
                    _ = try await backend.begin((keys..<keys + batch).map(request))
                    keys += batch
                } catch is LimitLogUnavailable {
                    unavailable += 1
                }
            }
            let request = request(7)
            report("acquire_keys_\(count)", try await median { _ = try await backend.begin(request) })
            report("check_keys_\(count)", try await median { _ = try await backend.check(request) })
            let listing = ListRequest(host: request.claims[0].key.host)
            report("usage_keys_\(count)", try await median { _ = try await backend.usage(listing) })
        }
        report("unavailable_keys", Double(unavailable))
    }

    private static func median(_ body: () async throws -> Void) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<samples {
            let start = ContinuousClock.now
            try await body()
            let (seconds, attoseconds) = start.duration(to: .now).components
            times.append(Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
        }
        return times.sorted()[samples / 2]
    }
}
