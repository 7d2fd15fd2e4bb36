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
    let manifest: Manifest
    let store: ArtifactStore
    let transport: any Transport
    let limits: any LimitBackend
    let logger: Logger

    /// What the harvest does with the work next.
    enum Turn: Sendable {
        /// Its next step, not before a time where one is given.
        case next(WorkProgress, notBefore: Timestamp?)
        /// The limiter said no to this step: try it again at that time, and nobody on its key before.
        case parked(WorkProgress, until: Timestamp)
        case settled
    }

    /// The work's file, where an earlier harvest stored it and it is still intact.
    func settleIfComplete(_ work: Work) async throws -> Bool {
        let earlier = try await intact(try await manifest.fileOfWork(work.id))
        guard var outcome = earlier else { return false }
        outcome.reason = "resume_complete"
        try await settle(work, outcome)
        return true
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
    func settle(_ work: Work, _ outcome: WorkOutcome) async throws {
        try await manifest.record(nil, outcome, of: work.id, in: job, at: .wallClock)
        Self.count(outcome)
    }

    func take(_ step: WorkProgress.Step, of progress: WorkProgress) async throws -> Turn {
        let clock = ContinuousClock()
        let started = clock.now
        let receiver = Receiver(store: store, step: step)
        var progress = progress
        if step.role == .artifact,
            var known = try await intact(try await manifest.file(from: step.canonicalURL))
        {
            known.reason = "duplicate_url"
            try await settle(progress.work, known)
            return .settled
        }
        let reception: Receiver.Reception?
        let result: WorkProgress.Result
        let request = request(for: step)
        do {
            let received = try await transport.withResponse(to: request) { response in
                try await receiver.receive(response)
            }
            reception = received
            result = received.result
        } catch FetchError.denied(let denial) {
            return .parked(progress, until: denial.asksAgain(from: await limits.now()))
        } catch FetchError.crawlDelay(let wait), FetchError.breakerOpen(let wait, hasFailedProbes: false) {
            return .parked(progress, until: await limits.now().advanced(by: wait.wholeMilliseconds * 1000))
        } catch let error as FetchError {
            reception = nil
            let classification: Classification =
                if case .payloadTooLarge = error { .payloadTooLarge } else { .miss }
            let outcome = receiver.outcome(classification, error.reason, error.detail)
            result = error.isTransient ? .transient(outcome) : .unusable(outcome)
        }
        progress.record(result)
        let attempt = attempt(step, result, reception, request.exchange.facts, elapsed: clock.now - started)
        try await write(attempt, progress, reception?.file)
        if progress.outcome != nil { return .settled }
        guard case .transient = result else { return .next(progress, notBefore: nil) }
        let pause = Backoff.delay(afterTry: step.failures + 1)
        let now = await limits.now()
        return .next(progress, notBefore: now.advanced(by: pause.wholeMilliseconds * 1000))
    }

    private func request(for step: WorkProgress.Step) -> FetchRequest {
        var headers: HTTPFields = [:]
        if let referrer = step.referrer { headers[.referer] = referrer }
        return FetchRequest(
            step.address, role: step.role, headers: headers,
            maximumBodyBytes: step.role.maximumBodyBytes, timeout: step.role.timeout,
            // A worker is better used elsewhere than in waiting: the lane is parked until the exact time.
            maximumLimiterWait: .milliseconds(250), client: "harvest")
    }

    private func write(_ attempt: Attempt, _ progress: WorkProgress, _ file: ReceivedArtifact?) async throws {
        // Not cancelled half-way: a file that has got its name must get its row.
        let recorded = Task { [manifest, store, job] in
            try await manifest.record(attempt, progress.outcome, of: progress.work.id, in: job, at: .wallClock) {
                if let file { try store.publish(file) }
            }
        }
        do {
            try await recorded.value
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
        if let outcome = progress.outcome { Self.count(outcome) }
    }

    private static func count(_ outcome: WorkOutcome) {
        Counter(
            label: "weir_works_total", dimensions: [("classification", outcome.classification.rawValue)]
        ).increment()
        if outcome.classification == .pdf, let artifact = outcome.artifact {
            Counter(label: "weir_artifacts_total").increment()
            Counter(label: "weir_artifact_bytes_total").increment(by: artifact.length)
        }
    }

    private func attempt(
        _ step: WorkProgress.Step, _ result: WorkProgress.Result, _ reception: Receiver.Reception?,
        _ facts: Exchange.Facts, elapsed: Duration
    ) -> Attempt {
        let (status, outcome): (String, WorkOutcome?) =
            switch result {
            case .received(let outcome), .page(_, let outcome): ("ok", outcome)
            case .redirected: ("redirected", nil)
            case .file: ("ok", nil)
            case .unusable(let outcome), .transient(let outcome): ("failed", outcome)
            }
        return Attempt(
            resolver: step.resolver, originalURL: step.originalURL, url: step.address.text,
            role: step.role.rawValue, host: step.address.host, status: status,
            httpStatus: reception?.httpStatus, classification: outcome?.classification,
            reason: outcome?.reason, reasonDetail: outcome?.reasonDetail,
            contentType: reception?.contentType, contentLength: reception?.length,
            elapsedMilliseconds: Int(elapsed.wholeMilliseconds),
            limiterWaitMilliseconds: Int(facts.limiterWait.wholeMilliseconds),
            isFromCache: facts.isFromCache, breakerState: facts.breaker)
    }
}
