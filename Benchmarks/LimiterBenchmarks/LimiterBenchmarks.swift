import Foundation
import RateLimiting

/// Measures the limiter and prints one line of JSON per work, in the form that the peers print theirs.
@main
struct LimiterBenchmarks {
    static func main() async throws {
        try decideCore()
        try await decide()
        try await acquireRelease()
        for tasks in [1, 2, 4] {
            for keys in [1, 1000] { try await parallel(tasks: tasks, keys: keys) }
        }
        try await change()
        try await byKeys()
        try memory()
    }

    /// Two windows that are full and do not bind: five hundred requests a second.
    static let rates = ["1000/SECOND", "5000/10SECOND"]

    static func limits(_ rates: [String] = rates, clock: some Clock<Duration>) throws -> MemoryBackend {
        let policy = PolicyPatch(
            rates: try rates.map { try Rate(parsing: $0) }, maxDelayMilliseconds: 0, maxConcurrent: 4)
        return MemoryBackend(
            table: LimitTable(version: 1, document: LimitsDocument(defaults: ["metadata": policy])), clock: clock,
            wallClock: Timestamp(microseconds: 1_700_000_000_000_000))
    }

    static func request(_ number: Int = 0, hold: Bool = true) -> AcquireRequest {
        AcquireRequest(
            claims: [.init(key: LimitKey(host: "api-\(number).example.org", role: "metadata"))], wait: .client,
            hold: hold)
    }

    static func report(_ work: String, _ value: Double, _ unit: String) {
        print("{\"peer\": \"weir\", \"work\": \"\(work)\", \"value\": \(value), \"unit\": \"\(unit)\"}")
    }

    /// Nanoseconds per operation, the best of five.
    static func best(of count: Int, _ body: (Int) async throws -> Void) async rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let start = ContinuousClock.now
            try await body(count)
            best = min(best, (ContinuousClock.now - start).nanoseconds / Double(count))
        }
        return best
    }

    /// The ring alone: one lookup per window.
    private static func decideCore() throws {
        let windows = try rates.map { Window(rate: try Rate(parsing: $0)) }
        var best = Double.infinity
        for _ in 0..<5 {
            var log = WindowLog()
            var now = Timestamp(microseconds: 0)
            let count = 2_000_000
            let elapsed = ContinuousClock().measure {
                for _ in 0..<count {
                    now = log.earliestStart(of: 1, under: windows, at: now.advanced(by: 2000))
                    log.append(now, weight: 1, reaching: 5000)
                }
            }
            best = min(best, elapsed.nanoseconds / Double(count))
        }
        report("decide_core", best, "ns")
    }

    private static func decide() async throws {
        let limits = try limits(clock: SteppingClock())
        let request = request(hold: false)
        let each = try await best(of: 500_000) { count in
            for _ in 0..<count { _ = try await limits.begin(request) }
        }
        report("decide", each, "ns")
    }

    private static func acquireRelease() async throws {
        let limits = try limits(clock: SteppingClock())
        let request = request()
        let each = try await best(of: 500_000) { count in
            for _ in 0..<count { try await pair(limits, request) }
        }
        report("acquire_release", each, "ns")
        var times: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<200_000 {
            let start = clock.now
            try await pair(limits, request)
            times.append((clock.now - start).nanoseconds)
        }
        report("acquire_release_p99", times.sorted()[times.count * 99 / 100], "ns")
    }

    private static func pair(_ limits: MemoryBackend, _ request: AcquireRequest) async throws {
        guard case .decided(.granted(let grant)) = try await limits.begin(request), let lease = grant.lease else {
            return
        }
        _ = limits.release(lease, unused: false)
    }

    /// Wall time per pair over all tasks.
    private static func parallel(tasks: Int, keys: Int) async throws {
        let limits = try limits(clock: SteppingClock(nanoseconds: 2_000_000))
        let requests = (0..<keys).map { request($0) }
        let each = try await best(of: 400_000) { count in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<tasks {
                    group.addTask {
                        for index in 0..<count / tasks {
                            try await pair(limits, requests[(index &* 7 &+ task &* 131) % keys])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        report("threads_\(tasks)_keys_\(keys)", each, "ns")
    }

    /// A change of the table, and the first decision under it.
    private static func change() async throws {
        let limits = try limits(clock: ContinuousClock())
        let document = limits.table().document
        let request = request(hold: false)
        _ = try await limits.begin(request)
        let each = try await best(of: 20_000) { count in
            for _ in 0..<count {
                limits.apply(LimitTable(version: limits.table().version + 1, document: document))
                _ = try await limits.begin(request)
            }
        }
        report("apply_and_decide", each, "ns")
    }
}

extension Duration {
    var nanoseconds: Double {
        Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9
    }
}
