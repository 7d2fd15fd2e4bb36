import Metrics
import Synchronization

/// Records what happens to works: all that gathers while one transaction is under way goes into the next.
///
/// What was handed over is recorded even when whoever waits for it is cancelled: a file that has got its name must get
/// its row.
final class ManifestWriter: Sendable {
    private struct Waiting: Sendable {
        let entry: ManifestEntry
        let done: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    private let manifest: Manifest
    private let store: ArtifactStore
    private let events: JobEvents
    private let jobs: RunningJobs
    private let state = Mutex(State())

    /// Entries in one transaction at most.
    private static let batch = 500

    init(_ manifest: Manifest, _ store: ArtifactStore, _ events: JobEvents, _ jobs: RunningJobs) {
        self.manifest = manifest
        self.store = store
        self.events = events
        self.jobs = jobs
    }

    /// Returns when the entry is recorded, and its file has its name.
    ///
    /// - Throws: what storing throws; then neither has happened.
    func write(_ entry: ManifestEntry) async throws {
        try await withCheckedThrowingContinuation { done in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiting(entry: entry, done: done))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if isFirst { Task { await drain() } }
        }
    }

    /// Removes what a job that is gone was the last to have.
    ///
    /// - Parameter files: digests of its files.
    func remove(_ files: [String], of job: String) async throws {
        try await manifest.remove(files, from: store)
        try store.removeNames(of: job)
    }

    private func drain() async {
        while case let batch = next(), !batch.isEmpty {
            do {
                let results = try await manifest.record(batch.map(\.entry), publishingTo: store)
                for (waiting, result) in zip(batch, results) {
                    if case .success = result { tell(of: waiting.entry) }
                    waiting.done.resume(with: result)
                }
            } catch {
                for waiting in batch { waiting.done.resume(throwing: error) }
            }
        }
    }

    /// What is on record is told and counted.
    private func tell(of entry: ManifestEntry) {
        events.publish(entry)
        jobs.progressed(entry.job)
        guard let outcome = entry.outcome else { return }
        Counter(
            label: "weir_works_total", dimensions: [("classification", outcome.classification.rawValue)]
        ).increment()
        if outcome.classification == .pdf, let artifact = outcome.artifact {
            Counter(label: "weir_artifacts_total").increment()
            Counter(label: "weir_artifact_bytes_total").increment(by: artifact.length)
        }
    }

    private func next() -> [Waiting] {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.batch))
            state.waiting.removeFirst(batch.count)
            if batch.isEmpty { state.isWriting = false }
            return batch
        }
    }
}
