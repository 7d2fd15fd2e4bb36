import RateLimiting
import Synchronization

/// Measures the limiter on one thread, each figure beside a named peer measured in the same run.
@main
struct LimiterBenchmarks {
    static func main() async throws {
        let iterations = 1_000_000
        print("| what | ns each | peer | ns each | ratio |")
        print("|---|---:|---|---:|---:|")
        let lock = measure(iterations) { count in
            let counter = Mutex(0)
            for _ in 0..<count { counter.withLock { $0 += 1 } }
            blackHole(counter.withLock { $0 })
        }
        let naive = try measure(iterations) { count in try naiveDecisions(count) }
        let ring = try measure(iterations) { count in try windowDecisions(count) }
        row("window decision, two windows", ring, "array of timestamps, expired one by one", naive)
        let whole = try await measure(iterations / 10) { count in try await acquireAndRelease(count) }
        row("acquire and release, two windows and a lease", whole, "two uncontended Mutex sections", lock * 2)
    }

    private static func row(_ what: String, _ ours: Double, _ peer: String, _ theirs: Double) {
        func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        print("| \(what) | \(text(ours)) | \(peer) | \(text(theirs)) | \(text(ours / theirs)) |")
    }

    /// Nanoseconds per operation, the best of five.
    private static func measure(_ count: Int, _ body: (Int) throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let elapsed = try ContinuousClock().measure { try body(count) }
            best = min(best, elapsed.nanoseconds / Double(count))
        }
        return best
    }

    private static func measure(_ count: Int, _ body: (Int) async throws -> Void) async rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let elapsed = try await ContinuousClock().measure { try await body(count) }
            best = min(best, elapsed.nanoseconds / Double(count))
        }
        return best
    }

    private static let texts = ["1000/SECOND", "5000/10SECOND"]

    /// The ring: one lookup per window.
    private static func windowDecisions(_ count: Int) throws {
        let windows = try texts.map { Window(rate: try Rate(parsing: $0), guardMilliseconds: 0) }
        var log = WindowLog()
        var now = Timestamp(microseconds: 0)
        for _ in 0..<count {
            now = log.earliestStart(of: 1, under: windows, at: now)
            log.append(now, weight: 1, reaching: 5000)
        }
        blackHole(log.count)
    }

    /// What one would write first: keep every start, drop those that left the window, count the rest.
    private static func naiveDecisions(_ count: Int) throws {
        let rates = try texts.map { try Rate(parsing: $0) }
        var starts = rates.map { _ in [Int64]() }
        var heads = rates.map { _ in 0 }
        var now: Int64 = 0
        for _ in 0..<count {
            for (index, rate) in rates.enumerated() {
                while heads[index] < starts[index].count, starts[index][heads[index]] <= now - rate.interval {
                    heads[index] += 1
                }
                if starts[index].count - heads[index] >= rate.units {
                    now = max(now, starts[index][starts[index].count - rate.units] + rate.interval)
                }
            }
            for index in rates.indices { starts[index].append(now) }
        }
        blackHole(starts[0].count)
    }

    /// The whole memory backend, never waiting.
    private static func acquireAndRelease(_ count: Int) async throws {
        // Units are given back, so these rates never bind: the cost of deciding is measured, not the waiting.
        let rates = try ["1000/SECOND", "5000/HOUR"].map { try Rate(parsing: $0) }
        let policy = PolicyPatch(rates: rates, maxDelayMilliseconds: 0, maxConcurrent: 4)
        let limits = MemoryBackend(
            document: LimitsDocument(defaults: ["metadata": policy]), clock: ContinuousClock(),
            wallClock: Timestamp(microseconds: 0))
        let request = AcquireRequest(
            claims: [.init(key: LimitKey(host: "api.example.org", role: "metadata"))], wait: .client)
        for _ in 0..<count {
            guard case .granted(let grant) = try await limits.acquire(request), let lease = grant.lease else {
                continue
            }
            _ = limits.release(lease, unused: true)
        }
    }
}

@inline(never) private func blackHole(_ value: some Any) {}

extension Duration {
    fileprivate var nanoseconds: Double {
        Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9
    }
}
