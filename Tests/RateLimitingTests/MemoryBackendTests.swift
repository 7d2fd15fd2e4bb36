import Synchronization
import TestSupport
import Testing

@testable import RateLimiting

/// What every backend promises, and what only memory can be asked: waiting and waking on a clock that the test moves.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct MemoryBackendTests {
    private static let epoch = Timestamp(microseconds: 1_700_000_000_000_000)
    private let clock = ManualClock()

    @Test(arguments: BackendPromise.all)
    func keeps(_ promise: BackendPromise) async throws {
        try await promise.verify {
            MemoryBackend(table: $0, clock: ContinuousClock(), wallClock: Self.epoch)
        }
    }

    private static func document(
        _ rates: [String], maxDelay: Int = 20_000, maxConcurrent: Int? = nil, maxInflight: Int = 1000
    ) throws -> LimitsDocument {
        let patch = PolicyPatch(
            rates: try rates.map { try Rate(parsing: $0) }, maxDelayMilliseconds: maxDelay,
            maxConcurrent: maxConcurrent)
        return LimitsDocument(defaults: ["r": patch], hosts: [:], globalMaxInflight: maxInflight)
    }

    private static func request(
        _ host: String = "a", ttl: Int = 60_000, wait: AcquireRequest.Wait = .server, hold: Bool = true
    ) -> AcquireRequest {
        AcquireRequest(
            claims: [.init(key: LimitKey(host: host, role: "r"))], wait: wait, hold: hold, leaseTTLMilliseconds: ttl)
    }

    private func backend(_ document: LimitsDocument) -> MemoryBackend {
        MemoryBackend(table: LimitTable(version: 1, document: document), clock: clock, wallClock: Self.epoch)
    }

    private func at(_ seconds: Double) -> Timestamp {
        Self.epoch.advanced(by: Int64(seconds * 1_000_000))
    }

    /// Returns once `count` callers wait and the alarm is set that wakes the next of them.
    private func waiters(_ count: Int, of backend: MemoryBackend) async {
        while backend.totals().waiting < count { await Task.yield() }
        await clock.sleepers(1)
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
        for start: Double in [0, 10, 20] {
            #expect(try await backend.acquire(Self.request(wait: .client)).grant?.start == at(start))
        }
        #expect(try await backend.acquire(Self.request()).denial?.retryAt == at(10))
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
        await waiters(1, of: backend)
        async let second = backend.acquire(Self.request())
        await waiters(2, of: backend)
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
            table: LimitTable(version: 1, document: try Self.document([], maxDelay: 1, maxConcurrent: 1)),
            clock: TickingClock(),
            wallClock: Self.epoch)
        _ = try await backend.acquire(Self.request())
        #expect(try await backend.acquire(Self.request()).denial != nil)
    }

    /// A process that was stopped does not let go at once of all that it had booked meanwhile.
    @Test func startsThatWereMissedAreSpacedAnew() async throws {
        let backend = backend(try Self.document(["1/SECOND"], maxDelay: 60_000))
        _ = try await backend.acquire(Self.request(hold: false))
        try await withThrowingTaskGroup(of: Timestamp?.self) { group in
            for number in 1...3 {
                group.addTask { try await backend.acquire(Self.request(hold: false)).grant?.start }
                await waiters(number, of: backend)
            }
            clock.advance(by: .seconds(10))
            let first = try await group.next()
            #expect(first == at(10))
            for expected in [11.0, 12.0] {
                await clock.sleepers(1)
                clock.advance(by: .seconds(1))
                let next = try await group.next()
                #expect(next == at(expected))
            }
        }
    }

    /// Only a caller that nobody else waits with gives the place back.
    @Test func callersUnderOneIdempotencyKeyWaitTogether() async throws {
        let backend = backend(try Self.document(["1/10SECOND"]))
        _ = try await backend.acquire(Self.request())
        var request = Self.request()
        request.idempotencyKey = "k"
        let first = Task { [request] in try await backend.acquire(request) }
        await waiters(1, of: backend)
        guard case .pending(let second) = try await backend.begin(request) else {
            Issue.record("the second caller does not wait")
            return
        }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(backend.totals().waiting == 1)
        async let answer = second.decision()
        await clock.sleepers(1)
        clock.advance(by: .seconds(10))
        let grant = try await answer.grant
        #expect(grant?.start == at(10))
        #expect(try await backend.acquire(request).grant == grant)
    }

    /// While the limiter is asleep nothing wakes it but what somebody waits for.
    @Test func eventsTellOfPausesAndAdjustments() async throws {
        var document = try Self.document(["10/SECOND"])
        document.aimd.enabled = true
        document.aimd.windowSeconds = 10
        let events = Mutex<[LimiterEvent]>([])
        let backend = MemoryBackend(
            table: LimitTable(version: 1, document: document), clock: clock, wallClock: Self.epoch
        ) { event in
            events.withLock { $0.append(event) }
        }
        let leases = try await [0, 1, 2].asyncMap { _ in
            try #require(try await backend.acquire(Self.request()).grant?.lease)
        }
        for lease in leases {
            #expect(backend.report(UpstreamOutcome(status: 429, retryAfter: 5_000_000), of: lease, host: nil))
        }
        clock.advance(by: .seconds(10))
        _ = try await backend.acquire(Self.request())
        let pause = Pause(until: at(5), reason: .retryAfter)
        let key = LimitKey(host: "a", role: "r")
        #expect(
            events.withLock { $0 } == [.paused(PauseScope(host: "a"), pause), .adjusted(key, .init(from: 1, to: 0.8))])
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
