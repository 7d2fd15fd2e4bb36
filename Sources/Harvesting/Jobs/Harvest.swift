import Fetching
import Foundation
import Logging
import RateLimiting

/// One run of one job: lists its works page by page and keeps up to `workers` requests under way until all are settled.
///
/// One task owns the queues and decides; requests, listing and waiting are its children. So there is nothing to lock,
/// and cancelling the run ends all of it.
struct Harvest: Sendable {
    let job: Job
    let source: any WorkSource
    let manifest: Manifest
    let stepper: WorkStepper
    let limits: any LimitBackend
    let logger: Logger

    /// Works in memory below which the next page is asked for.
    private static let lowWater = 200

    private enum Event: Sendable {
        case listed([WorkProgress], isComplete: Bool)
        case turned(LimitKey, WorkStepper.Turn)
        case lanesOpened(Timestamp)
    }

    private typealias Children = ThrowingTaskGroup<Event, any Error>

    private struct State {
        var queue = StepQueue<WorkProgress>()
        var inHand = 0
        var requests = 0
        var isListing = false
        var isListed = false
        /// Openings of lanes that a child waits for already.
        var wakes: Set<Timestamp> = []
    }

    /// - Throws: ``JobFailure``; `CancellationError`; what storing throws.
    func run() async throws {
        let listing = try await manifest.listing(of: job.id)
        try await withThrowingTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            var state = State(isListing: true)
            group.addTask {
                // What an earlier process had listed and not settled comes first.
                let pending = try await prepare(try await manifest.pendingWorks(of: job.id))
                return .listed(pending, isComplete: listing.isComplete)
            }
            while true {
                await feed(&group, &state)
                if state.inHand == 0, state.isListed, !state.isListing { break }
                guard let event = try await group.next() else {
                    throw JobFailure(reason: "stalled", detail: "\(state.inHand) works have nothing to wait for")
                }
                handle(event, &state)
            }
        }
    }

    /// Starts whatever may start now.
    private func feed(_ group: inout Children, _ state: inout State) async {
        if !state.isListed, !state.isListing, state.inHand < Self.lowWater {
            state.isListing = true
            group.addTask { try await list() }
        }
        let now = await limits.now()
        let workers = job.request.workers ?? JobRequest.defaultWorkers
        let table = await limits.table()
        func slots(_ key: LimitKey) -> Int { table.policy(for: key)?.maxConcurrent ?? .max }
        while state.requests < workers, let (key, progress) = state.queue.next(at: now, atMost: slots) {
            guard let step = progress.step else { continue }
            state.requests += 1
            group.addTask { .turned(key, try await stepper.take(step, of: progress)) }
        }
        guard state.requests < workers, let opens = state.queue.opensNext(after: now),
            state.wakes.insert(opens).inserted
        else { return }
        group.addTask {
            try await Task.sleep(for: .microseconds(opens.microseconds(since: now)))
            return .lanesOpened(opens)
        }
    }

    private func handle(_ event: Event, _ state: inout State) {
        switch event {
        case .listed(let works, let isComplete):
            state.isListing = false
            state.isListed = isComplete
            for progress in works {
                guard let step = progress.step else { continue }
                state.inHand += 1
                state.queue.add(progress, to: step.key)
            }
        case .lanesOpened(let time):
            state.wakes.remove(time)
        case .turned(let key, let turn):
            state.requests -= 1
            state.queue.finished(key)
            switch turn {
            case .settled:
                state.inHand -= 1
            case .parked(let progress, let time):
                state.queue.park(key, until: time)
                state.queue.add(progress, to: key, first: true)
            case .next(let progress, let notBefore):
                guard let step = progress.step else { return }
                if let notBefore { state.queue.park(step.key, until: notBefore) }
                state.queue.add(progress, to: step.key, first: true)
            }
        }
    }

    /// The works that need requests; the others are settled at once.
    private func prepare(_ works: [Work]) async throws -> [WorkProgress] {
        var open: [WorkProgress] = []
        for work in works {
            if try await stepper.settleIfComplete(work) { continue }
            let progress = WorkProgress(work, isDryRun: job.request.dryRun ?? false)
            if let outcome = progress.outcome {
                try await stepper.settle(work, outcome)
            } else {
                open.append(progress)
            }
        }
        return open
    }

    private func list() async throws -> Event {
        let listing = try await manifest.listing(of: job.id)
        let page = try await source.page(after: listing.cursor, logger: logger)
        // A source that repeats its cursor would be listed for ever.
        let isRepeated = page.next != nil && page.next == listing.cursor
        let (added, isComplete) = try await manifest.append(
            isRepeated ? WorksPage(works: page.works, next: nil) : page, to: job.id, limit: job.request.worksLimit)
        logger.info(
            "works listed",
            metadata: ["stage": "works", "added": "\(added.count)", "complete": "\(isComplete)"])
        return .listed(try await prepare(added), isComplete: isComplete)
    }
}

extension WorkProgress.Step {
    var key: LimitKey { LimitKey(host: address.host, role: role.rawValue) }
}
