import Fetching
import Foundation
import HTTPTypes
import Logging
import Metrics
import NIOPosix
import RateLimiting

/// Makes one request of one work, and writes down what came of it.
struct WorkStepper: Sendable {
    let job: String
    let rules: WorkRules
    let order: ResolverOrder
    let resolvers: Resolvers
    let manifest: Manifest
    let writer: ManifestWriter
    let store: ArtifactStore
    let transports: HarvestTransports
    let limits: any LimitBackend
    let events: JobEvents
    let logger: Logger

    /// What the harvest does with the work next.
    enum Turn: Sendable {
        /// Its next step, not before a time where one is given.
        case next(WorkProgress, notBefore: Timestamp?)
        /// The limiter said no to this step: try it again at that time, and nobody on its key before.
        case parked(WorkProgress, until: Timestamp)
        case settled
    }

    /// The ways of the works that are still to be harvested; what needs no request is settled at once.
    func begin(_ works: [PendingWork]) async throws -> [WorkProgress] {
        let known = rules.isListOnly ? [:] : try await manifest.files(of: works.map(\.work))
        var open: [WorkProgress] = []
        var settled: [(Work, WorkOutcome)] = []
        for pending in works {
            if let earlier = try await intact(known[pending.work.id]) {
                settled.append((pending.work, earlier.because("resume_complete")))
                continue
            }
            let progress =
                pending.progress ?? WorkProgress(pending.work, rules: rules, order: order, resolvers: resolvers)
            if let outcome = progress.outcome {
                settled.append((pending.work, outcome))
            } else {
                open.append(progress)
            }
        }
        try await settle(settled)
        return open
    }

    /// Settles works without a request, all at once.
    private func settle(_ outcomes: [(Work, WorkOutcome)]) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for (work, outcome) in outcomes {
                group.addTask { try await settle(work, outcome) }
            }
        }
    }

    /// What an earlier harvest stored, when the file is there as it was.
    private func intact(_ earlier: WorkOutcome?) async throws -> WorkOutcome? {
        guard let earlier, let artifact = earlier.artifact else { return nil }
        let isIntact = try await NIOThreadPool.singleton.runIfActive {
            store.isIntact(sha256: artifact.sha256, length: artifact.length)
        }
        return isIntact ? earlier : nil
    }

    /// Settles a work without a request.
    private func settle(_ work: Work, _ outcome: WorkOutcome) async throws {
        try await writer.write(ManifestEntry(job: job, work: work, time: .wallClock, outcome: outcome))
    }

    func take(_ step: Step, of progress: WorkProgress) async throws -> Turn {
        var progress = progress
        if step.role == .artifact,
            let known = try await intact(try await manifest.file(from: step.canonicalURL))
        {
            try await settle(progress.work, known.because("duplicate_url"))
            return .settled
        }
        let started = ContinuousClock.now
        progress.begin(at: .wallClock)
        var reception: Reception?
        let result: WorkProgress.Result
        var facts = Exchange.Facts()
        do {
            reception = try await receive(step, &facts)
            result = reception?.result ?? .unusable(WorkOutcome(.miss))
        } catch let error as FetchError {
            if let time = error.asksAgain(from: await limits.now()) {
                let wait = LimitWait(
                    host: step.address.host, role: step.role.rawValue, until: time, reason: error.reason)
                events.publish(.limit(wait), of: job)
                return .parked(progress, until: time)
            }
            let classification: Classification =
                if case .payloadTooLarge = error { .payloadTooLarge } else { .miss }
            let outcome = WorkOutcome(classification, reason: error.reason, detail: error.detail).of(step)
            result = error.isTransient ? .transient(outcome) : .unusable(outcome)
        }
        let elapsed = started.duration(to: .now)
        progress.record(result, elapsed: elapsed - facts.limiterWait, asking: resolvers)
        try await write(Attempt(step, result, reception, facts, elapsed: elapsed), progress, reception?.file)
        if progress.outcome != nil { return .settled }
        guard case .transient = result else { return .next(progress, notBefore: nil) }
        let pause = Backoff.delay(afterTry: step.failures + 1)
        let now = await limits.now()
        return .next(progress, notBefore: now.advanced(by: pause.wholeMilliseconds * 1000))
    }

    private func receive(_ step: Step, _ facts: inout Exchange.Facts) async throws -> Reception {
        if let lookup = step.lookup, let service = resolvers[step.resolver] {
            let request = try service.request(for: lookup)
            defer { facts = request.exchange.facts }
            let reader = LookupReader(service: service, lookup: lookup)
            return try await transports.following.withResponse(to: request) { try await reader.receive($0) }
        }
        let request = request(for: step)
        defer { facts = request.exchange.facts }
        let receiver = Receiver(store: store, step: step)
        return try await transports.single.withResponse(to: request) { try await receiver.receive($0) }
    }

    private func request(for step: Step) -> FetchRequest {
        var headers: HTTPFields = [:]
        if let referrer = step.referrer { headers[.referer] = referrer }
        return FetchRequest(
            step.address, role: step.role, headers: headers,
            maximumBodyBytes: step.role.maximumBodyBytes, timeout: step.role.timeout,
            // A worker is better used elsewhere than in waiting: the lane is parked until the exact time.
            maximumLimiterWait: .milliseconds(250), client: "harvest")
    }

    private func write(_ attempt: Attempt, _ progress: WorkProgress, _ file: ReceivedArtifact?) async throws {
        do {
            try await writer.write(
                ManifestEntry(
                    job: job, work: progress.work, time: .wallClock, attempt: attempt, outcome: progress.outcome,
                    progress: progress.outcome == nil ? progress : nil, startedAt: progress.startedAt, file: file))
        } catch {
            if let file { store.discard(file) }
            throw error
        }
        logger.debug(
            "attempt",
            metadata: [
                "stage": "attempt", "work": "\(progress.work.id)", "host": "\(attempt.host)",
                "role": "\(attempt.role)", "status": "\(attempt.status)", "reason": "\(attempt.reason ?? "")",
            ])
    }
}
