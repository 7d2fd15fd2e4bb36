import Synchronization
import TestSupport
import Testing

@testable import RateLimiting

/// Waiting, waking and cancelling, on a clock that only the test moves.
@Suite(.timeLimit(.minutes(1)))
struct MemoryBackendTests {
    private static let epoch = Timestamp(microseconds: 1_700_000_000_000_000)
    private let clock = ManualClock()

    private static func document(
        _ rates: [String], maxDelay: Int = 20_000, maxConcurrent: Int? = nil
    ) throws -> LimitsDocument {
        let patch = PolicyPatch(
            rates: try rates.map { try Rate(parsing: $0) }, maxDelayMilliseconds: maxDelay,
            maxConcurrent: maxConcurrent)
        return LimitsDocument(defaults: ["r": patch], hosts: [:], globalMaxInflight: 1000)
    }

    private static func request(ttl: Int = 60_000, wait: AcquireRequest.Wait = .server) -> AcquireRequest {
        AcquireRequest(claims: [.init(key: LimitKey(host: "a", role: "r"))], wait: wait, leaseTTLMilliseconds: ttl)
    }

    private func backend(_ document: LimitsDocument) -> MemoryBackend<ManualClock> {
        MemoryBackend(document: document, clock: clock, wallClock: Self.epoch)
    }

    private func at(_ seconds: Int64) -> Timestamp {
        Self.epoch.advanced(by: seconds * 1_000_000)
    }

    /// Returns once `count` callers wait; each sleeps until its deadline, which no lease reaches.
    private func waiters(_ count: Int) async {
        await clock.sleepers(count, dueBy: .init(offset: .seconds(20)))
    }

    @Test func serverWaitReturnsAtTheStart() async throws {
        let backend = backend(try Self.document(["1/10SECOND"]))
        #expect(try await backend.acquire(Self.request()).grant?.start == at(0))
        async let second = backend.acquire(Self.request())
        await clock.sleepers(1)
        clock.advance(by: .seconds(10) - .microseconds(1))
        await clock.sleepers(1)
        clock.advance(by: .microseconds(1))
        #expect(try await second.grant?.start == at(10))
        #expect(backend.now() == at(10))
    }

    @Test func clientWaitReturnsAtOnce() async throws {
        let backend = backend(try Self.document(["1/10SECOND"]))
        for start: Int64 in [0, 10, 20] {
            #expect(try await backend.acquire(Self.request(wait: .client)).grant?.start == at(start))
        }
        #expect(try await backend.acquire(Self.request()).denial?.retryAt == at(10))
    }

    @Test func aCancelledSleeperGivesItsUnitsBack() async throws {
        let backend = backend(try Self.document(["1/10SECOND"]))
        _ = try await backend.acquire(Self.request())
        let sleeper = Task { try await backend.acquire(Self.request()) }
        await clock.sleepers(1)
        #expect(backend.inFlight() == 2)
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(backend.inFlight() == 1)
        #expect(try await backend.acquire(Self.request(wait: .client)).grant?.start == at(10))
    }

    @Test func aCancelledWaiterLeavesItsPlaceToTheNext() async throws {
        let backend = backend(try Self.document([], maxConcurrent: 1))
        let held = try #require(try await backend.acquire(Self.request()).grant?.lease)
        let first = Task { try await backend.acquire(Self.request()) }
        await waiters(1)
        async let second = backend.acquire(Self.request())
        await waiters(2)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(backend.release(held, unused: false) == .released)
        #expect(try await second.grant?.start == at(0))
        #expect(backend.inFlight() == 1)
    }

    @Test func aTaskCancelledBeforehandTakesNothing() async throws {
        let backend = backend(try Self.document(["1/10SECOND"]))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await backend.acquire(Self.request())
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await backend.acquire(Self.request()).grant?.start == at(0))
    }

    @Test func releasesWakeWaitersInTheOrderTheyCame() async throws {
        let backend = backend(try Self.document([], maxConcurrent: 1))
        var held = try #require(try await backend.acquire(Self.request()).grant?.lease)
        try await withThrowingTaskGroup(of: (Int, LeaseID?).self) { group in
            for number in 0..<5 {
                group.addTask { (number, try await backend.acquire(Self.request()).grant?.lease) }
                await waiters(number + 1)
            }
            for expected in 0..<5 {
                #expect(backend.release(held, unused: false) == .released)
                let (number, lease) = try #require(try await group.next())
                #expect(number == expected)
                #expect(backend.inFlight() == 1)
                held = try #require(lease)
            }
        }
    }

    @Test func anExpiringLeaseWakesAWaiter() async throws {
        let backend = backend(try Self.document([], maxConcurrent: 1))
        let lost = try #require(try await backend.acquire(Self.request(ttl: 5000)).grant?.lease)
        async let waiter = backend.acquire(Self.request())
        await clock.sleepers(1, dueBy: .init(offset: .seconds(5)))
        clock.advance(by: .seconds(5))
        #expect(try await waiter.grant?.start == at(5))
        #expect(backend.release(lost, unused: false) == .expired)
    }

    /// The lease that frees the slot began only after the waiter had gone to sleep.
    @Test func aLeaseGrantedMeanwhileWakesAWaiterWhenItExpires() async throws {
        let backend = backend(try Self.document([], maxConcurrent: 1))
        let held = try #require(try await backend.acquire(Self.request()).grant?.lease)
        async let first = backend.acquire(Self.request(ttl: 1000))
        await waiters(1)
        async let second = backend.acquire(Self.request())
        await waiters(2)
        clock.advance(by: .seconds(2))
        #expect(backend.release(held, unused: false) == .released)
        #expect(try await first.grant?.start == at(2))
        await clock.sleepers(1, dueBy: .init(offset: .seconds(3)))
        clock.advance(by: .seconds(1))
        #expect(try await second.grant?.start == at(3))
    }

    @Test func aWaiterIsDeniedAtItsDeadline() async throws {
        let backend = backend(try Self.document([], maxDelay: 3000, maxConcurrent: 1))
        _ = try await backend.acquire(Self.request())
        async let waiter = backend.acquire(Self.request())
        await clock.sleepers(1, dueBy: .init(offset: .seconds(3)))
        clock.advance(by: .seconds(3))
        let denial = try #require(try await waiter.denial)
        #expect(denial.violations.map(\.limit) == [.maxConcurrent(1)])
        #expect(denial.retryAt == at(57))
    }

    /// The bounded wait is over before the waiting task comes to its first sleep.
    @Test func aWaiterIsDecidedEvenWhenItsTaskRunsLate() async throws {
        let backend = MemoryBackend(
            document: try Self.document([], maxDelay: 1, maxConcurrent: 1), clock: TickingClock(),
            wallClock: Self.epoch)
        _ = try await backend.acquire(Self.request())
        #expect(try await backend.acquire(Self.request()).denial != nil)
    }

    @Test func aRaisedCeilingAdmitsWaiters() async throws {
        let backend = backend(try Self.document([], maxConcurrent: 1))
        _ = try await backend.acquire(Self.request())
        async let first = backend.acquire(Self.request())
        async let second = backend.acquire(Self.request())
        await waiters(2)
        #expect(backend.apply(try Self.document([], maxConcurrent: 3), ifVersion: 9) == nil)
        #expect(backend.apply(try Self.document([], maxConcurrent: 3), ifVersion: 1)?.version == 2)
        #expect(try await first.grant?.tableVersion == 2)
        #expect(try await second.grant?.tableVersion == 2)
        #expect(backend.inFlight() == 3)
    }

    @Test func aPausedHostStartsAfterThePause() async throws {
        let backend = backend(try Self.document(["10/SECOND"]))
        backend.pause("a", until: at(7))
        backend.pause("a", until: at(3))
        #expect(try await backend.acquire(Self.request(wait: .client)).grant?.start == at(7))
        backend.pause("a", until: at(100))
        let denial = try #require(try await backend.acquire(Self.request()).denial)
        #expect(denial.retryAt == at(80))
        #expect(denial.violations.map(\.limit) == [.pause(until: at(100))])
    }

    /// On the machine's clock and all its threads, judged by the starts that were granted.
    @Test func manyTasksAtOnceKeepTheWindowsAndTheSlots() async throws {
        let rate = try Rate(units: 20, interval: 20_000)
        let patch = PolicyPatch(rates: [rate], maxDelayMilliseconds: 60_000, maxConcurrent: 8)
        let document = LimitsDocument(defaults: ["r": patch], hosts: [:], globalMaxInflight: 1000)
        let backend = MemoryBackend(document: document, clock: ContinuousClock(), wallClock: Self.epoch)
        let occupancy = Occupancy()
        let starts = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<64 {
                group.addTask {
                    var starts: [Int64] = []
                    for _ in 0..<3 {
                        guard let grant = try await backend.acquire(Self.request()).grant else { continue }
                        occupancy.enter()
                        starts.append(grant.start.microseconds)
                        await Task.yield()
                        occupancy.leave()
                        if let lease = grant.lease { _ = backend.release(lease, unused: false) }
                    }
                    return starts
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        #expect(starts.count == 192)
        #expect(zip(starts, starts.dropFirst(rate.units)).allSatisfy { $1 - $0 >= rate.interval })
        #expect(occupancy.most.load(ordering: .relaxed) <= 8)
        #expect(backend.inFlight() == 0)
    }
}

/// How many are inside, and how many were at most.
private final class Occupancy: Sendable {
    let most = Atomic(0)
    private let inside = Atomic(0)

    func enter() { most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed) }
    func leave() { inside.subtract(1, ordering: .relaxed) }
}

extension Decision {
    fileprivate var grant: Grant? {
        if case .granted(let grant) = self { grant } else { nil }
    }

    fileprivate var denial: Denial? {
        if case .denied(let denial) = self { denial } else { nil }
    }
}
