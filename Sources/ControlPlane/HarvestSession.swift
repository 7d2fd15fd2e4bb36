import Foundation
package import Harvesting
import Logging
import NIOFoundationEssentialsCompat
import ServiceLifecycle
import Synchronization

/// Shows how far a job is.
package protocol HarvestProgress: Sendable {
    /// Called about twice a second, and once more when the job has ended.
    func show(_ report: JobReport)
}

/// One job from submission to its end, for a process that does nothing else.
final class HarvestSession: Service {
    private let request: JobRequest
    private let harvests: HarvestService
    private let progress: any HarvestProgress
    private let logger: Logger
    private let manifestFile: @Sendable (String) -> String
    private let id = Mutex<String?>(nil)

    init(
        request: JobRequest, harvests: HarvestService, progress: any HarvestProgress, logger: Logger,
        manifestFile: @escaping @Sendable (String) -> String
    ) {
        self.request = request
        self.harvests = harvests
        self.progress = progress
        self.logger = logger
        self.manifestFile = manifestFile
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    group.addTask {
                        try await self.harvests.run(self.request) { id in self.id.withLock { $0 = id } }
                    }
                    group.addTask { try await self.showProgress() }
                    try await group.next()
                }
            }
        } catch is CancellationError {
            // Stopped by a signal.
        }
        let id = try jobID()
        do {
            // A job that was stopped is not to go on by itself at some later start.
            if try await !harvests.manifest.job(id).state.isFinal {
                _ = try await harvests.perform(.cancel, on: id, logger: logger)
            }
        } catch is RefusedAction {}
        try await writeManifest(of: id)
        progress.show(try await harvests.report(on: id))
    }

    private func showProgress() async throws {
        while true {
            if let id = id.withLock({ $0 }) {
                let report = try await harvests.report(on: id)
                if !report.job.state.isFinal { progress.show(report) }
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func jobID() throws -> String {
        guard let id = id.withLock({ $0 }) else { throw CancellationError() }
        return id
    }

    /// The job as it ended.
    ///
    /// - Throws: `CancellationError` when it was never submitted.
    func result() async throws -> Job {
        try await harvests.manifest.job(try jobID())
    }

    private func writeManifest(of job: String) async throws {
        let file = URL(filePath: manifestFile(job))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        for try await lines in ManifestExport(manifest: harvests.manifest, job: job) {
            try handle.write(contentsOf: Data(buffer: lines))
        }
    }
}
