import Fetching
import Foundation
package import Logging
package import RateLimiting
import ServiceLifecycle

/// Runs jobs: takes them in, runs a few at a time, and goes on with what an earlier process left unfinished.
package final class HarvestService: Service {
    package let manifest: Manifest
    package let events = JobEvents()
    let resolvers: Resolvers
    let store: ArtifactStore
    private let sources: WorkSources
    private let transports: HarvestTransports
    let limits: any LimitBackend
    let writer: ManifestWriter
    let webhooks: Webhooks
    /// How long ended jobs are kept; `nil` is for ever.
    let retentionDays: Int?
    let logger: Logger
    private let turns = HostTurns()
    let jobs = RunningJobs()

    package init(
        manifest: Manifest, store: ArtifactStore, sources: WorkSources, resolvers: Resolvers,
        transports: HarvestTransports, limits: any LimitBackend, webhookKey: String?, retentionDays: Int?,
        logger: Logger
    ) {
        self.retentionDays = retentionDays
        self.manifest = manifest
        self.store = store
        self.sources = sources
        self.resolvers = resolvers
        self.transports = transports
        self.limits = limits
        self.logger = logger
        writer = ManifestWriter(manifest, store, events, jobs)
        webhooks = Webhooks(manifest, transports.single, key: webhookKey, logger: logger)
    }

    /// Runs jobs until the service is shut down; those that run then go on at the next start.
    package func run() async throws {
        try await prepare()
        await cancelWhenGracefulShutdown {
            await self.webhooks.deliverOnTrial()
            self.jobs.look()
            await withDiscardingTaskGroup { group in
                group.addTask { await self.webhooks.run() }
                group.addTask { await self.deleteExpired() }
                for await _ in self.jobs.changes {
                    for (id, onTrial) in await self.unfinishedJobs() {
                        guard let (lanes, stopped) = self.jobs.admit(id, onTrial: onTrial) else { continue }
                        group.addTask { await self.execute(id, lanes, until: stopped) }
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
        try await prepare()
        var unfinished: String?
        for (id, _) in try await manifest.unfinishedJobs() where try await manifest.isJob(id, for: request) {
            unfinished = id
        }
        let id = if let unfinished { unfinished } else { try await submit(request, logger: logger).id }
        started(id)
        if let (lanes, stopped) = jobs.admit(id) { await execute(id, lanes, until: stopped) }
    }

    private func prepare() async throws {
        await sealCredentials()
        await takeDeaths()
        try store.removeOrphans(keeping: try await manifest.knownArtifacts())
        for (name, missing) in resolvers.unavailable.sorted(by: { $0.key.order < $1.key.order })
        where resolvers.order.names.contains(name) {
            logger.notice(
                "resolver is not asked",
                metadata: ["stage": "resolve", "resolver": "\(name.rawValue)", "detail": "\(missing)"])
        }
    }

    /// Where it cannot be written down, the service starts all the same.
    private func takeDeaths() async {
        do {
            let died = CrashMark.take(from: manifest.crashMark)
            CrashMark.leave(at: manifest.crashMark)
            switch try await manifest.takeDeaths(died, at: .wallClock) {
            case .run(let job):
                logger.error(
                    "job set aside",
                    metadata: ["stage": "job", "job": "\(job.id)", "reason": "\(job.reason ?? "")"])
            case .webhook(let job):
                logger.error(
                    "webhook given up",
                    metadata: ["stage": "webhook", "job": "\(job.id)", "reason": "crashed_twice"])
            case nil: break
            }
        } catch {
            logger.error("jobs cannot be written", metadata: ["stage": "job", "detail": "\(error)"])
        }
    }

    private func sealCredentials() async {
        do {
            try await manifest.sealCredentials()
        } catch {
            logger.error(
                "credentials of jobs cannot be encrypted", metadata: ["stage": "job", "detail": "\(error)"])
        }
    }

    private func unfinishedJobs() async -> [(id: String, onTrial: Bool)] {
        do {
            return try await manifest.unfinishedJobs()
        } catch {
            if !Task.isCancelled {
                logger.error("jobs cannot be read", metadata: ["stage": "job", "detail": "\(error)"])
            }
            return []
        }
    }

    private func execute(_ id: String, _ lanes: Lanes, until stopped: AsyncStream<Never>) async {
        var logger = logger
        logger[metadataKey: "job"] = "\(id)"
        logger[metadataKey: "stage"] = "job"
        do {
            if let job = try await manifest.start(id, at: .wallClock) {
                logger.info("job started")
                events.publish(.state(job), of: id)
                let failure = try await run(job, lanes, until: stopped, logger)
                if let failure {
                    logger.error(
                        "job failed", metadata: ["reason": "\(failure.reason)", "detail": "\(failure.detail)"])
                } else {
                    logger.info("job succeeded")
                }
                if let job = try await manifest.finish(id, failure, at: .wallClock) { ended(job) }
            }
        } catch is CancellationError {
            logger.info("job stopped")
        } catch {
            // The record of jobs itself cannot be written: the job stays as it is, and is tried again after a while.
            let failure = JobFailure(storing: error)
            logger.error(
                "job left unfinished", metadata: ["reason": "\(failure.reason)", "detail": "\(failure.detail)"])
            try? await Task.sleep(for: .seconds(10))
        }
        // Noted even when the service is being stopped, and this task with it.
        await Task { [manifest] in try? await manifest.leave(id) }.value
        jobs.leave(id)
    }

    /// Why the job failed; `nil` when it came to its end.
    ///
    /// - Throws: `CancellationError` when it was stopped.
    private func run(
        _ job: Job, _ lanes: Lanes, until stopped: AsyncStream<Never>, _ logger: Logger
    ) async throws -> JobFailure? {
        guard job.state == .running else {
            return JobFailure(reason: job.reason ?? "unreadable", detail: job.reasonDetail ?? "")
        }
        return try await withThrowingTaskGroup(of: JobFailure?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    let credentials = try await self.manifest.credentials(of: job.id)
                    try await self.harvest(job, credentials, lanes, logger).run()
                    return nil
                } catch let failure as JobFailure {
                    return failure
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    return JobFailure(storing: error)
                }
            }
            group.addTask {
                for await _ in stopped {}
                throw CancellationError()
            }
            return try await group.next() ?? nil
        }
    }

    private func harvest(
        _ job: Job, _ credentials: [ResolverName: String], _ lanes: Lanes, _ logger: Logger
    ) -> Harvest {
        let resolvers = resolvers.with(credentials)
        let order = ResolverOrder(
            names: job.request.resolvers ?? resolvers.order.names, first: job.request.cohorts ?? resolvers.order.first)
        let stepper = WorkStepper(
            job: job.id, rules: job.request.rules, order: order, resolvers: resolvers,
            manifest: manifest, writer: writer, store: store, transports: transports, limits: limits, events: events,
            logger: logger)
        let inquiry = Inquiry(
            job: job.id, apiKey: resolvers.openAlexKey, manifest: manifest, events: events, lanes: lanes,
            logger: logger)
        return Harvest(
            job: job, source: sources.source(for: job, in: manifest), inquiry: inquiry, manifest: manifest,
            stepper: stepper, limits: limits, lanes: lanes, turns: turns, logger: logger)
    }

    func ended(_ job: Job) {
        events.publish(.state(job), of: job.id)
        webhooks.jobEnded()
    }
}
