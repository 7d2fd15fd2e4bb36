import Fetching
import Foundation
import Logging
import RateLimiting

/// One run of one job: lists its works page by page and keeps up to `workers` requests under way until all are settled.
///
/// One task owns the queues and decides; requests, listing and waiting are its children. So there is nothing to lock
/// but what others look at, and cancelling the run ends all of it.
struct Harvest: Sendable {
    let job: Job
    let source: any WorkSource
    let inquiry: Inquiry
    let manifest: Manifest
    let stepper: WorkStepper
    let limits: any LimitBackend
    let lanes: Lanes
    let turns: HostTurns
    let logger: Logger

    /// Works in memory below which the next page is asked for.
    private static let lowWater = 200
    private static let pageSize = 200

    private enum Event: Sendable {
        case listed([WorkProgress], Listing)
        case turned(Step, WorkStepper.Turn)
        case lanesOpened(Timestamp)
        /// Another job has gone where this one let it pass.
        case moved(LimitKey)
        case timeIsUp
    }

    /// How far the listing is: first what an earlier process had listed and not settled, then the source.
    private enum Listing: Sendable {
        case pending(after: Int)
        case source
        case complete
    }

    private typealias Children = ThrowingTaskGroup<Event, any Error>

    private struct State {
        var inHand = 0
        var requests = 0
        /// What is to be listed next; `nil` while it is being listed.
        var listing: Listing? = .pending(after: -1)
        /// Openings of lanes that a child waits for already.
        var wakes: Set<Timestamp> = []
        /// Lanes in which another job is let pass.
        var yielding: Set<LimitKey> = []
        /// Why nothing more is begun.
        var exhausted: String?

        /// Whether nothing is under way that could bring an event.
        var isStalled: Bool { requests == 0 && listing != nil && wakes.isEmpty }
    }

    /// - Throws: ``JobFailure``; `CancellationError`; what storing throws.
    func run() async throws {
        let exhausted = try await withThrowingTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            var state = State()
            let moves = turns.join(job.id)
            defer { turns.leave(job.id) }
            watch(moves, &group)
            watchTime(&group)
            while true {
                if state.exhausted == nil { state.exhausted = try await exhaustedBytes() }
                if state.exhausted == nil {
                    await feed(&group, &state)
                    if state.inHand == 0, case .complete = state.listing { break }
                    if state.isStalled {
                        throw JobFailure(reason: "stalled", detail: "\(state.inHand) works have nothing to wait for")
                    }
                } else if state.requests == 0 {
                    break
                }
                guard let event = try await group.next() else { break }
                if case .moved = event { watch(moves, &group) }
                handle(event, &state)
            }
            return state.exhausted
        }
        // Only when nothing is under way any more: a listing might still add works.
        if let exhausted { try await manifest.skipPending(of: job.id, reason: exhausted, at: .wallClock) }
    }

    private func watch(_ moves: AsyncStream<LimitKey>, _ group: inout Children) {
        group.addTask {
            for await key in moves { return .moved(key) }
            throw CancellationError()
        }
    }

    private func watchTime(_ group: inout Children) {
        guard let seconds = job.request.maxSeconds, let startedAt = job.startedAt else { return }
        let end = startedAt.advanced(by: Int64(seconds) * 1_000_000)
        group.addTask {
            try await Task.sleep(for: .microseconds(max(0, end.microseconds(since: .wallClock))))
            return .timeIsUp
        }
    }

    private func exhaustedBytes() async throws -> String? {
        guard let most = job.request.maxBytes else { return nil }
        return try await manifest.bytes(of: job.id) >= most ? "byte_budget_exhausted" : nil
    }

    /// Starts whatever may start now.
    private func feed(_ group: inout Children, _ state: inout State) async {
        if let listing = state.listing, state.inHand < Self.lowWater {
            switch listing {
            case .pending(let position):
                state.listing = nil
                group.addTask { try await listPending(after: position) }
            case .source:
                state.listing = nil
                group.addTask { try await list() }
            case .complete: break
            }
        }
        let now = await limits.now()
        let workers = job.request.workers ?? JobRequest.defaultWorkers
        let table = await limits.table()
        func slots(_ key: LimitKey) -> Int { table.policy(for: key)?.maxConcurrent ?? .max }
        while state.requests < workers, let progress = lanes.change({ $0.next(at: now, atMost: slots)?.item }) {
            guard let step = progress.step else { continue }
            if let time = turns.go(job.id, at: step.key, now) {
                state.yielding.insert(step.key)
                lanes.change { $0.putBack(progress, to: step.key, until: time) }
                continue
            }
            state.yielding.remove(step.key)
            state.requests += 1
            group.addTask {
                let turn = try await stepper.take(step, of: progress)
                return .turned(step, turn)
            }
        }
        guard state.requests < workers, let opens = lanes.change({ $0.opensNext(after: now) }),
            state.wakes.insert(opens).inserted
        else { return }
        group.addTask {
            try await Task.sleep(for: .microseconds(opens.microseconds(since: now)))
            return .lanesOpened(opens)
        }
    }

    private func handle(_ event: Event, _ state: inout State) {
        switch event {
        case .listed(let works, let listing):
            state.listing = listing
            for progress in works {
                guard let step = progress.step else { continue }
                state.inHand += 1
                lanes.change { $0.add(progress, to: step.key) }
            }
        case .lanesOpened(let time):
            state.wakes.remove(time)
        case .moved(let key):
            if state.yielding.remove(key) != nil { lanes.change { $0.open(key) } }
        case .timeIsUp:
            state.exhausted = "time_budget_exhausted"
        case .turned(let step, let turn):
            state.requests -= 1
            if case .settled = turn { state.inHand -= 1 }
            if case .parked(_, let time) = turn { turns.wait(job.id, at: step.key, until: time) }
            lanes.change { queue in
                switch turn {
                case .settled: queue.finished(step.key)
                case .parked(let progress, let time): queue.putBack(progress, to: step.key, until: time)
                case .next(let progress, let notBefore):
                    queue.finished(step.key)
                    guard let next = progress.step else { return }
                    if let notBefore { queue.park(next.key, until: notBefore) }
                    queue.add(progress, to: next.key, first: true)
                }
            }
        }
    }

    private func listPending(after position: Int) async throws -> Event {
        let pending = try await manifest.pendingWorks(of: job.id, after: position, limit: Self.pageSize)
        guard let last = pending.last else {
            let isComplete = try await manifest.listing(of: job.id).isComplete
            return .listed([], isComplete ? .complete : .source)
        }
        return .listed(try await stepper.begin(pending.map(\.work)), .pending(after: last.position))
    }

    private func list() async throws -> Event {
        let listing = try await manifest.listing(of: job.id)
        let page = try await source.page(after: listing.cursor, for: inquiry)
        // A source that repeats its cursor would be listed for ever.
        let isRepeated = page.next != nil && page.next == listing.cursor
        let (added, isComplete) = try await manifest.append(
            isRepeated ? WorksPage(works: page.works, next: nil) : page, to: job.id, limit: job.request.worksLimit,
            at: .wallClock)
        logger.info(
            "works listed",
            metadata: ["stage": "works", "added": "\(added.count)", "complete": "\(isComplete)"])
        return .listed(try await stepper.begin(added.map { PendingWork(work: $0) }), isComplete ? .complete : .source)
    }
}
