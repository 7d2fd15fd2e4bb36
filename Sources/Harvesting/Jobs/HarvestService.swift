package import Fetching
import Foundation
package import Logging
package import RateLimiting
import ServiceLifecycle
import Synchronization

/// Runs jobs: takes them in, runs a few at a time, and goes on with what an earlier process left unfinished.
package final class HarvestService: Service {
    package let manifest: Manifest
    private let store: ArtifactStore
    private let sources: WorkSources
    private let transport: any Transport
    private let limits: any LimitBackend
    private let logger: Logger
    /// The jobs that run now, and how to stop each.
    private let running = Mutex<[String: AsyncStream<Never>.Continuation]>([:])
    /// Says that a job came in or that one ended: time to look what can run.
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    private static let jobsAtOnce = 4

    package init(
        manifest: Manifest, store: ArtifactStore, sources: WorkSources,
        transport: any Transport, limits: any LimitBackend, logger: Logger
    ) {
        self.manifest = manifest
        self.store = store
        self.sources = sources
        self.transport = transport
        self.limits = limits
        self.logger = logger
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a job in; it runs as soon as there is room.
    ///
    /// - Parameter logger: of the request that brought it.
    /// - Throws: ``InvalidJobRequest`` naming every field that is wrong.
    package func submit(_ request: JobRequest, logger: Logger? = nil) async throws -> Job {
        let problems = request.problems()
        guard problems.isEmpty else { throw InvalidJobRequest(problems: problems) }
        let job = try await manifest.insert(id: UUID().uuidString.lowercased(), request: request, at: .wallClock)
        (logger ?? self.logger).info("job submitted", metadata: ["stage": "job", "job": "\(job.id)"])
        changed.yield()
        return job
    }

    /// Cancels a job; what it stored so far stays.
    ///
    /// - Parameter logger: of the request that asked for it.
    /// - Returns: the state it was in before.
    /// - Throws: ``JobNotFound``; ``JobAlreadyEnded``.
    package func cancel(_ id: String, logger: Logger? = nil) async throws -> JobState {
        let previous = try await manifest.cancel(id, at: .wallClock)
        guard !previous.isFinal else { throw JobAlreadyEnded(id: id, state: previous) }
        running.withLock { $0[id] }?.finish()
        (logger ?? self.logger).info("job cancelled", metadata: ["stage": "job", "job": "\(id)"])
        return previous
    }

    /// Where a stored artifact's file is.
    package func path(of artifact: StoredArtifact) -> String {
        store.location(of: artifact.sha256).path(percentEncoded: false)
    }

    /// Runs jobs until the service is shut down; those that run then go on at the next start.
    package func run() async throws {
        try await removeOrphans()
        changed.yield()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await _ in self.changes {
                    for id in await self.unfinishedJobs() {
                        guard let stopped = self.admit(id) else { continue }
                        group.addTask { await self.execute(id, until: stopped) }
                    }
                }
            }
        }
    }

    /// Runs one job and no other, until it ends or the task is cancelled: for a process that does nothing else.
    ///
    /// An unfinished job that asks for the same goes on; otherwise a new one is made.
    ///
    /// - Parameter started: called with the job's id.
    /// - Throws: ``InvalidJobRequest``; what storing throws.
    package func run(_ request: JobRequest, started: @Sendable (String) -> Void) async throws {
        try await removeOrphans()
        var unfinished: String?
        for id in try await manifest.unfinishedJobs() where try await manifest.job(id).request == request {
            unfinished = id
        }
        let id = if let unfinished { unfinished } else { try await submit(request).id }
        started(id)
        if let stopped = admit(id) { await execute(id, until: stopped) }
    }

    private func removeOrphans() async throws {
        try store.removeOrphans(keeping: try await manifest.knownArtifacts())
    }

    private func unfinishedJobs() async -> [String] {
        do {
            return try await manifest.unfinishedJobs()
        } catch {
            if !Task.isCancelled {
                logger.error("jobs cannot be read", metadata: ["stage": "job", "detail": "\(error)"])
            }
            return []
        }
    }

    /// A place for the job among those that run, and the stream whose end stops it; `nil` when it has none now.
    private func admit(_ id: String) -> AsyncStream<Never>? {
        running.withLock { running in
            guard running.count < Self.jobsAtOnce, running[id] == nil else { return nil }
            let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
            running[id] = stop
            return stopped
        }
    }

    private func execute(_ id: String, until stopped: AsyncStream<Never>) async {
        defer {
            running.withLock { $0[id] = nil }
            changed.yield()
        }
        var logger = logger
        logger[metadataKey: "job"] = "\(id)"
        logger[metadataKey: "stage"] = "job"
        do {
            guard let job = try await manifest.start(id, at: .wallClock) else { return }
            logger.info("job started")
            let stepper = WorkStepper(
                job: id, manifest: manifest, store: store, transport: transport, limits: limits, logger: logger)
            let harvest = Harvest(
                job: job, source: sources.source(for: job.request), manifest: manifest, stepper: stepper,
                limits: limits, logger: logger)
            let failure = try await withThrowingTaskGroup(of: JobFailure?.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await Self.failure(of: harvest) }
                group.addTask {
                    for await _ in stopped {}
                    throw CancellationError()
                }
                return try await group.next() ?? nil
            }
            try await manifest.finish(id, failure, at: .wallClock)
            if let failure {
                logger.error(
                    "job failed", metadata: ["reason": "\(failure.reason)", "detail": "\(failure.detail)"])
            } else {
                logger.info("job succeeded")
            }
        } catch is CancellationError {
            logger.info("job stopped")
        } catch {
            // The record of jobs itself cannot be written: the job stays as it is, and is tried again after a while.
            logger.error("job left unfinished", metadata: ["reason": "storage_error", "detail": "\(error)"])
            try? await Task.sleep(for: .seconds(10))
        }
    }

    private static func failure(of harvest: Harvest) async throws -> JobFailure? {
        do {
            try await harvest.run()
            return nil
        } catch let failure as JobFailure {
            return failure
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return JobFailure(reason: "storage_error", detail: "\(error)")
        }
    }
}
