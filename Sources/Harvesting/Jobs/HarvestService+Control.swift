import Fetching
import Foundation
package import Logging
import RateLimiting

/// What people do with jobs, and see of them.
extension HarvestService {
    /// Takes a job in; it runs as soon as there is room.
    ///
    /// - Parameters:
    ///   - key: the same key gives the job that it made the first time.
    ///   - logger: of the request that brought it.
    /// - Throws: ``InvalidJobRequest`` naming every field that is wrong; ``ReusedIdempotencyKey``.
    package func submit(_ request: JobRequest, idempotencyKey key: String? = nil, logger: Logger) async throws -> Job {
        let problems = problems(of: request)
        guard problems.isEmpty else { throw InvalidJobRequest(problems: problems) }
        let id = UUID().uuidString.lowercased()
        let job = try await manifest.insert(id: id, request: request, idempotencyKey: key, at: .wallClock)
        guard job.id == id else { return job }
        logger.info("job submitted", metadata: ["stage": "job", "job": "\(id)"])
        events.publish(.state(job), of: id)
        jobs.look()
        return job
    }

    /// All that is wrong with a request, here: some resolvers cannot be asked by this process.
    package func problems(of request: JobRequest) -> [FieldError] {
        var problems = request.problems()
        let unavailable = resolvers.with(request.credentials ?? [:]).unavailable
        for (index, name) in (request.resolvers ?? []).enumerated() {
            if let missing = unavailable[name] {
                problems.append(FieldError(path: "resolvers[\(index)]", message: missing))
            }
        }
        if request.webhook != nil, !webhooks.canSign {
            problems.append(
                FieldError(
                    path: "webhook", message: "needs a key to sign with: start the service with WEIR_WEBHOOK_KEY"))
        }
        return problems
    }

    /// Does something with a job.
    ///
    /// - Parameter logger: of the request that asked for it.
    /// - Returns: the state it was in before.
    /// - Throws: ``JobNotFound``; ``RefusedAction``.
    package func perform(_ action: JobAction, on id: String, logger: Logger) async throws -> JobState {
        let files = action == .delete ? try await manifest.files(of: id) : []
        let previous = try await manifest.perform(action, on: id, at: .wallClock)
        logger.info("job changed", metadata: ["stage": "job", "job": "\(id)", "action": "\(action)"])
        switch action {
        case .cancel, .pause:
            jobs.stop(id)
        case .resume, .retry:
            jobs.look()
        case .delete:
            events.end(id)
            try await writer.remove(files, of: id)
            return previous
        }
        let job = try await manifest.job(id)
        events.publish(.state(job), of: id)
        if action == .cancel { webhooks.jobEnded() }
        return previous
    }

    /// How a job is going.
    ///
    /// - Throws: ``JobNotFound``.
    package func report(on id: String) async throws -> JobReport {
        let job = try await manifest.job(id)
        let waits = jobs.lanes(of: id)?.waits(at: await limits.now()) ?? []
        return JobReport(
            job, try await manifest.tally(of: id), activity: events.activity(of: id), waits: waits)
    }

    /// Where a stored artifact's file is.
    package func path(of artifact: StoredArtifact) -> String {
        store.location(of: artifact.sha256).path(percentEncoded: false)
    }

    /// Looks every hour for ended jobs that have been kept long enough.
    func deleteExpired() async {
        guard let retentionDays else { return }
        let kept = Int64(retentionDays) * 86_400_000_000
        while !Task.isCancelled {
            do {
                for id in try await manifest.jobs(endedBefore: Timestamp.wallClock.advanced(by: -kept)) {
                    _ = try await perform(.delete, on: id, logger: logger)
                }
            } catch {
                logger.error(
                    "expired jobs cannot be deleted", metadata: ["stage": "job", "detail": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(3600))
        }
    }
}
