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
        Work(id: id, doi: nil, title: "T", publicationYear: 2001, isOpenAccess: true, candidates: [])
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
        let first = try await folder.manifest.append(page, to: job.id, limit: 3)
        #expect(first.added.map(\.id) == ["W1", "W2"])
        #expect(!first.isComplete)
        let second = try await folder.manifest.append(
            WorksPage(works: [work("W2"), work("W3"), work("W4")], next: "c3"), to: job.id, limit: 3)
        #expect(second.added.map(\.id) == ["W3"])
        #expect(second.isComplete)
        let listing = try await folder.manifest.listing(of: job.id)
        #expect(listing.cursor == "c3")
        #expect(try await folder.manifest.pendingWorks(of: job.id).map(\.id) == ["W1", "W2", "W3"])
    }

    @Test func rowAndFileAppearTogetherOrNotAtAll() async throws {
        let folder = try Folder()
        let job = try await folder.manifest.insert(id: "j", request: JobRequest(topic: "x"), at: now)
        _ = try await folder.manifest.append(WorksPage(works: [work("W1")], next: nil), to: job.id, limit: 9)
        let file = try await folder.receive("bytes")
        let outcome = stored(file, at: "http://a.example/f")
        struct Crash: Error {}
        await #expect(throws: Crash.self) {
            try await folder.manifest.record(nil, outcome, of: "W1", in: "j", at: now) { throw Crash() }
        }
        #expect(try await folder.manifest.job("j").works.done == 0)
        #expect(!folder.store.isIntact(sha256: file.sha256, length: file.length))

        try await folder.manifest.record(nil, outcome, of: "W1", in: "j", at: now) { [store = folder.store] in
            try store.publish(file)
        }
        #expect(try await folder.manifest.job("j").works.byClassification == ["pdf": 1])
        #expect(folder.store.isIntact(sha256: file.sha256, length: file.length))
        #expect(!folder.store.isIntact(sha256: file.sha256, length: file.length + 1))
        #expect(try await folder.manifest.fileOfWork("W1")?.artifact == outcome.artifact)
        #expect(
            try await folder.manifest.file(from: "http://a.example/f")?.artifact
                == outcome.artifact)
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
        #expect(try await folder.manifest.unfinishedJobs() == ["j"])
        _ = try await folder.manifest.start("j", at: now)
        #expect(try await folder.manifest.cancel("j", at: now) == .running)
        try await folder.manifest.finish("j", nil, at: now)
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
