import Fetching
import Foundation
import RateLimiting

@testable import ControlPlane
@testable import Harvesting

/// A job with two settled works, one of which has its file, as a harvest would have left it.
struct RecordedHarvest {
    let job: String
    let sha256 = String(repeating: "9f", count: 32)

    init(in weir: Weir) async throws {
        let manifest = weir.harvests.manifest
        let url = "https://files.example.org/papers/1.pdf"
        job = try await weir.harvests.submit(JobRequest(topic: "rivers"), logger: weir.logger).id
        let works = [
            Work(id: "W1", doi: "10.5555/1", title: "Rivers", publicationYear: 2019, isOpenAccess: true),
            Work(id: "W2", isOpenAccess: true),
        ]
        _ = try await manifest.append(WorksPage(works: works, next: nil), to: job, limit: 10, at: .wallClock)

        let content = Data("%PDF-1.7 %%EOF".utf8)
        let artifact = StoredArtifact(sha256: sha256, length: content.count)
        var stored = WorkOutcome(.pdf)
        (stored.resolver, stored.url, stored.canonicalURL, stored.originalURL) = (.openalex, url, url, url)
        (stored.contentType, stored.etag, stored.lastModified) = ("application/pdf", "\"1\"", "yesterday")
        stored.artifact = artifact
        let store = try ArtifactStore(root: URL(filePath: weir.artifactFolder))
        let writer = ManifestWriter(manifest, store, weir.harvests.events, weir.harvests.jobs)
        let timeout = WorkOutcome(.httpError, reason: "timeout")
        let attempts: [(status: Attempt.Status, httpStatus: Int?, outcome: WorkOutcome?)] = [
            (.failed, nil, timeout), (.redirected, 302, nil), (.ok, 200, stored),
        ]
        for attempt in attempts {
            let attempt = Attempt(
                resolver: .openalex, originalURL: url, url: url, role: "artifact", host: "files.example.org",
                status: attempt.status, httpStatus: attempt.httpStatus,
                classification: attempt.outcome?.classification, reason: attempt.outcome?.reason, reasonDetail: nil,
                contentType: attempt.outcome?.contentType, contentLength: attempt.outcome?.artifact?.length,
                elapsedMilliseconds: 12, limiterWaitMilliseconds: 0, isFromCache: false,
                breakerState: .closed, opensBreaker: false)
            try await writer.write(ManifestEntry(job: job, work: works[0], time: .wallClock, attempt: attempt))
        }
        try await writer.write(ManifestEntry(job: job, work: works[0], time: .wallClock, outcome: stored))
        let miss = WorkOutcome(.miss, reason: "no_candidate")
        try await writer.write(ManifestEntry(job: job, work: works[1], time: .wallClock, outcome: miss))

        let file = URL(filePath: weir.harvests.path(of: artifact))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: file)
    }
}
