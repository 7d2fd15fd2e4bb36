import Fetching
import Foundation
import NIOCore
import NIOPosix
import RateLimiting
import Testing

@testable import Harvesting

/// A manifest and a store in a folder of their own.
private final class Folder {
    let url: URL
    let manifest: Manifest
    let store: ArtifactStore

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        store = try ArtifactStore(root: url.appending(path: "artifacts"))
        manifest = try Manifest(path: url.appending(path: "manifest.sqlite").path())
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func receive(_ text: String) async throws -> ReceivedArtifact {
        let incoming = try store.receive()
        try incoming.write(.init(string: text))
        return try await incoming.finish(on: .singleton)
    }
}

@Suite struct ManifestTests {
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)

    private func work(_ id: String) -> Work {
        Work(id: id, title: "T", publicationYear: 2001, isOpenAccess: true)
    }

    private func stored(_ file: ReceivedArtifact, at url: String) -> WorkOutcome {
        var outcome = WorkOutcome(.pdf)
        outcome.canonicalURL = url
        outcome.artifact = StoredArtifact(sha256: file.sha256, length: file.length)
        return outcome
    }

    @Test func pagesAreNeitherLostNorRepeated() async throws {
        let folder = try Folder()
        let job = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        let page = WorksPage(works: [work("W1"), work("W2"), work("W1")], next: "c2")
        let first = try await folder.manifest.append(page, to: job.id, limit: 3, at: now)
        #expect(first.added.map(\.id) == ["W1", "W2"])
        #expect(!first.isComplete)
        let second = try await folder.manifest.append(
            WorksPage(works: [work("W2"), work("W3"), work("W4")], next: "c3"), to: job.id, limit: 3, at: now)
        #expect(second.added.map(\.id) == ["W3"])
        #expect(second.isComplete)
        let listing = try await folder.manifest.listing(of: job.id)
        #expect(listing.cursor == "c3")
        #expect(
            try await folder.manifest.pendingWorks(of: job.id, after: -1, limit: 9).map(\.work.work.id) == [
                "W1", "W2", "W3",
            ])
    }

    @Test func rowAndFileAppearTogetherOrNotAtAll() async throws {
        let folder = try Folder()
        let job = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        _ = try await folder.manifest.append(WorksPage(works: [work("W1")], next: nil), to: job.id, limit: 9, at: now)
        let file = try await folder.receive("bytes")
        let outcome = stored(file, at: "http://a.example/f")
        let entry = ManifestEntry(job: "j", work: work("W1"), time: now, outcome: outcome, file: file)
        let missing = ManifestEntry(job: "j", work: work("W9"), time: now, outcome: outcome, file: file)
        let writer = ManifestWriter(folder.manifest, folder.store, JobEvents(), RunningJobs())
        await #expect(throws: (any Error).self) { try await writer.write(missing) }
        #expect(try await folder.manifest.job("j").works.done == 0)
        #expect(!folder.store.isIntact(sha256: file.sha256, length: file.length))

        try await writer.write(entry)
        #expect(try await folder.manifest.job("j").works.byClassification == ["pdf": 1])
        #expect(folder.store.isIntact(sha256: file.sha256, length: file.length))
        #expect(!folder.store.isIntact(sha256: file.sha256, length: file.length + 1))
        #expect(try await folder.manifest.files(of: [work("W1")])["W1"]?.artifact == outcome.artifact)
        #expect(
            try await folder.manifest.file(from: "http://a.example/f")?.artifact
                == outcome.artifact)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.store.names(of: "j").path())
        #expect(names == ["2001 T [W1].pdf"])
        let named = folder.store.names(of: "j").appending(path: "2001 T [W1].pdf")
        #expect(try Data(contentsOf: named) == Data("bytes".utf8))
    }

    @Test func oneEntryThatCannotBeRecordedHoldsUpNoOther() async throws {
        let folder = try Folder()
        _ = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        let works = (1...50).map { work("W\($0)") }
        _ = try await folder.manifest.append(WorksPage(works: works, next: nil), to: "j", limit: 100, at: now)
        let writer = ManifestWriter(folder.manifest, folder.store, JobEvents(), RunningJobs())
        let failures = await withTaskGroup(of: Bool.self) { group in
            for work in works + [work("unknown")] {
                group.addTask { [now] in
                    let entry = ManifestEntry(
                        job: "j", work: work, time: now, outcome: WorkOutcome(.miss, reason: "no_candidate"))
                    do { try await writer.write(entry) } catch { return true }
                    return false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 1)
        #expect(try await folder.manifest.job("j").works.byClassification == ["miss": 50])
    }

    @Test func aWorkGoesOnWhereItWas() async throws {
        let folder = try Folder()
        _ = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        let work = Work(
            id: "W1",
            candidates: [
                Candidate(url: "http://a.example/1", role: .artifact, resolver: .openalex),
                Candidate(url: "http://a.example/2", role: .artifact, resolver: .openalex),
            ])
        _ = try await folder.manifest.append(WorksPage(works: [work], next: nil), to: "j", limit: 9, at: now)
        var progress = WorkProgress(work, resolvers: Resolvers(at: [:]))
        progress.record(.unusable(WorkOutcome(.httpError, reason: "http_404")), asking: Resolvers(at: [:]))
        let writer = ManifestWriter(folder.manifest, folder.store, JobEvents(), RunningJobs())
        try await writer.write(ManifestEntry(job: "j", work: work, time: now, progress: progress))
        let pending = try await folder.manifest.pendingWorks(of: "j", after: -1, limit: 9)
        #expect(pending.map(\.work.progress?.step?.originalURL) == ["http://a.example/2"])
    }

    @Test func twinsByDOIAreHarvestedOnce() async throws {
        let folder = try Folder()
        _ = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        let works = ["W1", "W2", "W3"].map { Work(id: $0, doi: $0 == "W3" ? "10.1000/other" : "10.1000/same") }
        let page = WorksPage(works: works, next: nil)
        let (added, _) = try await folder.manifest.append(page, to: "j", limit: 9, at: now)
        #expect(added.map(\.id) == ["W1", "W3"])
        let lines = try await folder.manifest.works(of: "j", after: nil, limit: 9).works
        #expect(lines.map(\.workID) == ["W2"])
        #expect(lines.first?.reason == "duplicate_doi")
        #expect(lines.first?.reasonDetail == "W1")
    }

    @Test func anIdempotencyKeyMakesOneJob() async throws {
        let folder = try Folder()
        let request = JobRequest(dois: ["10.1000/x"])
        let first = try await folder.manifest.insert(id: "a", request: request, idempotencyKey: "k", at: now)
        let again = try await folder.manifest.insert(id: "b", request: request, idempotencyKey: "k", at: now)
        #expect(first.id == "a" && again.id == "a")
        await #expect(throws: ReusedIdempotencyKey(id: "a")) {
            _ = try await folder.manifest.insert(
                id: "c", request: JobRequest(topic: "x"), idempotencyKey: "k", at: now)
        }
    }

    @Test func aRetryTakesUpWhatMayTurnOutBetter() async throws {
        let folder = try Folder()
        _ = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        let outcomes: [(String, WorkOutcome)] = [
            ("W1", WorkOutcome(.miss, reason: "connect_error")), ("W2", WorkOutcome(.skipped, reason: "closed_access")),
            ("W3", WorkOutcome(.skipped, reason: "byte_budget_exhausted")), ("W4", WorkOutcome(.cached)),
        ]
        let works = outcomes.map { work($0.0) }
        _ = try await folder.manifest.append(WorksPage(works: works, next: nil), to: "j", limit: 9, at: now)
        let writer = ManifestWriter(folder.manifest, folder.store, JobEvents(), RunningJobs())
        for (id, outcome) in outcomes {
            try await writer.write(ManifestEntry(job: "j", work: work(id), time: now, outcome: outcome))
        }
        _ = try await folder.manifest.start("j", at: now)
        _ = try await folder.manifest.finish("j", nil, at: now)
        #expect(try await folder.manifest.perform(.retry, on: "j", at: now) == .succeeded)
        let job = try await folder.manifest.job("j")
        #expect(job.state == .queued)
        #expect(job.works.byClassification == ["skipped": 1, "cached": 1])
        #expect(
            try await folder.manifest.pendingWorks(of: "j", after: -1, limit: 9).map(\.work.work.id) == ["W1", "W3"])
    }

    @Test func endedJobsAreFoundByTheTimeTheyEnded() async throws {
        let folder = try Folder()
        for (id, days) in [("old", 10), ("new", 1)] {
            _ = try await folder.manifest.insert(id: id, request: JobRequest(topic: "x"), at: now)
            _ = try await folder.manifest.perform(
                .cancel, on: id, at: now.advanced(by: -Int64(days) * 86_400_000_000))
        }
        _ = try await folder.manifest.insert(id: "open", request: JobRequest(topic: "x"), at: now)
        #expect(try await folder.manifest.jobs(endedBefore: now.advanced(by: -5 * 86_400_000_000)) == ["old"])
    }

    @Test func aDeletedJobTakesTheFilesThatNoOtherHas() async throws {
        let folder = try Folder()
        let writer = ManifestWriter(folder.manifest, folder.store, JobEvents(), RunningJobs())
        let own = try await folder.receive("own")
        let shared = try await folder.receive("shared")
        for (job, files) in [("a", [own, shared]), ("b", [shared])] {
            _ = try await folder.manifest.insert(id: job, request: JobRequest(topic: "x"), at: now)
            let works = files.indices.map { work("W\(job)\($0)") }
            _ = try await folder.manifest.append(WorksPage(works: works, next: nil), to: job, limit: 9, at: now)
            for (work, file) in zip(works, files) {
                try await writer.write(
                    ManifestEntry(
                        job: job, work: work, time: now, outcome: stored(file, at: "http://a.example/\(file.sha256)"),
                        file: job == "a" ? file : nil))
            }
        }
        _ = try await folder.manifest.perform(.cancel, on: "a", at: now)
        let files = try await folder.manifest.files(of: "a")
        _ = try await folder.manifest.perform(.delete, on: "a", at: now)
        try await writer.remove(files, of: "a")
        #expect(!folder.store.isIntact(sha256: own.sha256, length: own.length))
        #expect(folder.store.isIntact(sha256: shared.sha256, length: shared.length))
        #expect(!FileManager.default.fileExists(atPath: folder.store.names(of: "a").path()))
        await #expect(throws: JobNotFound(id: "a")) { try await folder.manifest.job("a") }
    }

    @Test func whatAJobIsNotInAStateForIsRefused() async throws {
        let folder = try Folder()
        _ = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        for action in [JobAction.resume, .retry, .delete] {
            await #expect(throws: RefusedAction(id: "j", action: action, state: .queued)) {
                try await folder.manifest.perform(action, on: "j", at: now)
            }
        }
        #expect(JobState.queued.actions == [.cancel, .pause])
        #expect(try await folder.manifest.perform(.pause, on: "j", at: now) == .queued)
        #expect(try await folder.manifest.unfinishedJobs().isEmpty)
        #expect(try await folder.manifest.perform(.resume, on: "j", at: now) == .paused)
        #expect(try await folder.manifest.unfinishedJobs().map(\.id) == ["j"])
    }

    @Test func filesWithoutARowAreRemovedAtStart() async throws {
        let folder = try Folder()
        let kept = try await folder.receive("kept")
        let orphan = try await folder.receive("orphan")
        try folder.store.publish(kept)
        try folder.store.publish(orphan)
        let foreign = folder.url.appending(path: "artifacts/ab")
        try Data("foreign".utf8).write(to: foreign)
        try folder.store.removeOrphans(keeping: [])
        #expect(folder.store.isIntact(sha256: orphan.sha256, length: 6), "a lost manifest costs no files")
        try folder.store.removeOrphans(keeping: [kept.sha256])
        #expect(FileManager.default.fileExists(atPath: foreign.path()))
        #expect(folder.store.isIntact(sha256: kept.sha256, length: 4))
        #expect(!folder.store.isIntact(sha256: orphan.sha256, length: 6))
    }

    @Test func aDamagedFileIsNoticed() async throws {
        let folder = try Folder()
        let file = try await folder.receive("bytes")
        try folder.store.publish(file)
        try Data("Bytes".utf8).write(to: folder.store.location(of: file.sha256))
        #expect(!folder.store.isIntact(sha256: file.sha256, length: 5))
    }

    @Test func anEndedJobStaysAsItEnded() async throws {
        let folder = try Folder()
        _ = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        #expect(try await folder.manifest.unfinishedJobs().map(\.id) == ["j"])
        _ = try await folder.manifest.start("j", at: now)
        #expect(try await folder.manifest.perform(.cancel, on: "j", at: now) == .running)
        #expect(try await folder.manifest.finish("j", nil, at: now) == nil)
        #expect(try await folder.manifest.job("j").state == .cancelled)
        #expect(try await folder.manifest.start("j", at: now) == nil)
        #expect(try await folder.manifest.unfinishedJobs().isEmpty)
        await #expect(throws: JobNotFound(id: "k")) { try await folder.manifest.job("k") }
    }

    @Test func jobsAreListedNewestFirstInPages() async throws {
        let folder = try Folder()
        for id in ["a", "b", "c"] {
            _ = try await folder.manifest.insert(id: id, request: JobRequest(topic: id), at: now)
        }
        let first = try await folder.manifest.jobs(state: nil, before: nil, limit: 2)
        #expect(first.jobs.map(\.id) == ["c", "b"])
        let second = try await folder.manifest.jobs(state: .queued, before: first.next, limit: 2)
        #expect(second.jobs.map(\.id) == ["a"])
        #expect(second.next == nil)
    }
}
