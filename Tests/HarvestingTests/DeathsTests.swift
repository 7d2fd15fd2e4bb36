import Foundation
import GRDB
import RateLimiting
import Testing

@testable import Harvesting

@Suite("Deaths of processes that ran jobs") struct DeathsTests {
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)
    private let works = WorksPage(works: [Work(id: "W1"), Work(id: "W2")], next: nil)

    /// A manifest in a folder of its own, with jobs that have listed their works.
    private func withManifest(_ jobs: [String], _ body: (Manifest) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let manifest = try Manifest(path: folder.appending(path: "manifest.sqlite").path())
        for id in jobs {
            _ = try await manifest.insert(id: id, request: JobRequest(topic: id), at: now)
            _ = try await manifest.start(id, at: now)
            _ = try await manifest.append(works, to: id, limit: 9, at: now)
        }
        try await body(manifest)
    }

    @Test("The second in a row, with nothing recorded in between, sets the job aside")
    func twice() async throws {
        try await withManifest(["a"]) { manifest in
            #expect(try await manifest.takeDeaths(true, at: now) == nil)
            #expect(try await manifest.unfinishedJobs().map(\.onTrial) == [true])
            _ = try await manifest.start("a", at: now)
            guard case .run(let job) = try await manifest.takeDeaths(true, at: now) else {
                Issue.record("it was not set aside")
                return
            }
            #expect(job.id == "a" && job.state == .failed && job.reason == "crashed_twice")
            #expect(try await manifest.unfinishedJobs().isEmpty)
            #expect(try await manifest.perform(.retry, on: "a", at: now) == .failed)
            #expect(try await manifest.unfinishedJobs().map(\.onTrial) == [false])
        }
    }

    @Test("What is recorded, an end, and a start of a process that ran nothing speak for the job")
    func innocent() async throws {
        try await withManifest(["a"]) { manifest in
            let store = try ArtifactStore(
                root: manifest.keyFile.deletingLastPathComponent().appending(path: "artifacts"))
            for recorded in ["W1", "W2"] {
                #expect(try await manifest.takeDeaths(true, at: now) == nil)
                #expect(try await manifest.takeDeaths(true, at: now) == nil)
                _ = try await manifest.start("a", at: now)
                let entry = ManifestEntry(job: "a", work: Work(id: recorded), time: now, outcome: WorkOutcome(.miss))
                _ = try await manifest.record([entry], publishingTo: store)
            }
            #expect(try await manifest.takeDeaths(true, at: now) == nil)
            _ = try await manifest.start("a", at: now)
            #expect(try await manifest.takeDeaths(false, at: now) == nil)
            _ = try await manifest.start("a", at: now)
            try await manifest.leave("a")
            _ = try await manifest.start("a", at: now)
            #expect(try await manifest.takeDeaths(true, at: now) == nil)
        }
    }

    @Test("Of several nobody is blamed; those that died most often run first")
    func several() async throws {
        try await withManifest(["a", "b"]) { manifest in
            for _ in 1...3 {
                #expect(try await manifest.takeDeaths(true, at: now) == nil)
                for id in ["a", "b"] { _ = try await manifest.start(id, at: now) }
            }
            _ = try await manifest.append(WorksPage(works: [Work(id: "W3")], next: nil), to: "a", limit: 9, at: now)
            #expect(try await manifest.takeDeaths(true, at: now) == nil)
            #expect(try await manifest.unfinishedJobs().map(\.id) == ["b", "a"])
            _ = try await manifest.start("b", at: now)
            #expect(try await manifest.takeDeaths(true, at: now) == .run(of: try await manifest.job("b")))
        }
    }

    /// A manifest with jobs that have ended, and whose ends are to be told.
    private func withWebhooks(_ jobs: [String], _ body: (Manifest) async throws -> Void) async throws {
        try await withManifest([]) { manifest in
            for id in jobs {
                var request = JobRequest(topic: id)
                request.webhook = "http://a.example/"
                _ = try await manifest.insert(id: id, request: request, at: now)
                _ = try await manifest.start(id, at: now)
                _ = try await manifest.finish(id, nil, at: now)
                try await manifest.leave(id)
            }
            try await body(manifest)
        }
    }

    @Test("A delivery during which the process dies twice is given up, and its job stays what it was")
    func deliveries() async throws {
        try await withWebhooks(["a"]) { manifest in
            try await manifest.begin(webhookOf: "a")
            #expect(try await manifest.takeDeaths(true, at: now) == nil)
            #expect(try await manifest.webhooks(dueAt: now, onTrial: true).map(\.job) == ["a"])
            try await manifest.begin(webhookOf: "a")
            guard case .webhook(let job) = try await manifest.takeDeaths(true, at: now) else {
                Issue.record("it was not given up")
                return
            }
            #expect(job.id == "a" && job.state == .succeeded && job.webhook == .failed)
            #expect(try await manifest.webhooks(dueAt: now).isEmpty)
        }
    }

    @Test("A delivery that ends, a stop, and a job beside it speak for it")
    func innocentDeliveries() async throws {
        try await withWebhooks(["a"]) { manifest in
            try await manifest.begin(webhookOf: "a")
            #expect(try await manifest.takeDeaths(true, at: now) == nil)
            try await manifest.begin(webhookOf: "a")
            #expect(try await manifest.takeDeaths(false, at: now) == nil)
            try await manifest.begin(webhookOf: "a")
            try await manifest.update(webhookOf: "a", .pending, tries: 1, at: now)
            #expect(try await manifest.webhooks(dueAt: now, onTrial: true).isEmpty)
            _ = try await manifest.insert(id: "b", request: JobRequest(topic: "b"), at: now)
            for _ in 1...3 {
                _ = try await manifest.start("b", at: now)
                try await manifest.begin(webhookOf: "a")
                #expect(try await manifest.takeDeaths(true, at: now) == nil)
            }
            #expect(try await manifest.webhooks(dueAt: now).map(\.job) == ["a"])
        }
    }

    @Test("A job that cannot be read is shown, fails when it is run, and can be deleted")
    func unreadable() async throws {
        try await withManifest(["a", "b"]) { manifest in
            try await manifest.pool.write { try $0.execute(sql: "UPDATE job SET request = '{' WHERE id = 'a'") }
            #expect(try await manifest.jobs(state: nil, before: nil, limit: 9).jobs.map(\.id) == ["b", "a"])
            let job = try #require(try await manifest.start("a", at: now))
            #expect(job.state == .failed && job.reason == "unreadable")
            let failure = JobFailure(reason: "unreadable", detail: "")
            #expect(try await manifest.finish("a", failure, at: now)?.state == .failed)
            #expect(try await manifest.unfinishedJobs().map(\.id) == ["b"])
            #expect(try await manifest.perform(.delete, on: "a", at: now) == .failed)
        }
    }
}
