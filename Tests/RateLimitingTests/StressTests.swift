import Synchronization
import TestSupport
import Testing

@testable import RateLimiting

/// The machine's clock, all its threads, and callers that come and go.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct StressTests {
    private static let epoch = Timestamp(microseconds: 1_700_000_000_000_000)
    private static let duration: Int64 = 10_000_000

    @Test func windowsAndSlotsHoldWhileCallersComeAndGo() async throws {
        let windows = [(units: 50, interval: Int64(100_000)), (units: 450, interval: 1_000_000)]
        let policy = PolicyPatch(
            rates: try windows.map { try Rate(units: $0.units, interval: $0.interval) }, maxDelayMilliseconds: 60_000,
            maxConcurrent: 12)
        let backend = MemoryBackend(
            table: LimitTable(version: 1, document: LimitsDocument(defaults: ["r": policy], globalMaxInflight: 30)),
            clock: ContinuousClock(), wallClock: Self.epoch)
        let occupancy = Occupancy()
        let log = GrantLog()
        let end = Self.epoch.advanced(by: Self.duration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<32 {
                group.addTask {
                    var random = SeededGenerator(seed: TestSeed.current &+ UInt64(number))
                    while backend.now() < end {
                        // Twenty of the tasks keep one key busy; the others share the rest.
                        let host = number < 20 ? "busy" : ["a", "b", "c"][random.number(0...2)]
                        let request = AcquireRequest(claims: [.init(key: LimitKey(host: host, role: "r"))])
                        let ask = Task { try await backend.acquire(request) }
                        if random.chance(10) {
                            for _ in 0..<random.number(0...20) { await Task.yield() }
                            ask.cancel()
                        }
                        guard let grant = (try? await ask.value)?.grant, let lease = grant.lease else { continue }
                        occupancy.enter()
                        log.record(grant.start, on: host)
                        await Task.yield()
                        occupancy.leave()
                        _ = backend.release(lease, unused: false)
                    }
                }
            }
            try await group.waitForAll()
        }
        let starts = log.starts
        for (host, starts) in starts {
            for (units, interval) in windows {
                let isKept = zip(starts, starts.dropFirst(units)).allSatisfy { $1 - $0 >= interval }
                #expect(isKept, "\(units) in \(interval) us on \(host)")
            }
        }
        #expect(occupancy.most.load(ordering: .relaxed) <= 30)
        #expect(backend.totals() == LimiterTotals(inFlight: 0, waiting: 0, keys: 4))
        // 450 a second, and as many at once in the first. What is lost is lost to a machine that has other things to do.
        let busy = starts["busy"]?.count { $0 < end.microseconds } ?? 0
        let share = Double(busy) / Double(450 * 10)
        print("the busiest key reached \(Int(share * 1000)) per mille of what its rates allow")
        #expect(share > 0.9)
    }
}

/// How many are inside, and how many were at most.
private final class Occupancy: Sendable {
    let most = Atomic(0)
    private let inside = Atomic(0)

    func enter() { most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed) }
    func leave() { inside.subtract(1, ordering: .relaxed) }
}

/// Granted starts by host.
private final class GrantLog: Sendable {
    private let log = Mutex<[String: [Int64]]>([:])

    var starts: [String: [Int64]] { log.withLock { $0.mapValues { $0.sorted() } } }

    func record(_ start: Timestamp, on host: String) {
        log.withLock { $0[host, default: []].append(start.microseconds) }
    }
}
