import Foundation
import Testing

/// Two thousand works with every kind of trouble in one job.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LargeHarvestTests {
    @Test("Every work and attempt is accounted for, and a second run asks for no file")
    func accounted() async throws {
        let kinds = [
            "429", "429-retry-after", "503", "slow", "truncate", "wrong-length", "reset", "redirect", "wrong-type",
            "redirect-loop", "redirect-internal", "gzip-bomb",
        ]
        let river = try await River(
            simulator: ["--generate", "2000", "--seed", "5", "--slow-body-ms", "300"]
                + kinds.flatMap { ["--fault", "\($0)=0.004"] }, isJudging: false)
        let limits = Dictionary(uniqueKeysWithValues: River.limits.keys.map { ($0, "rates: [1000/SECOND]") })
        let service = try await river.serve(limits: limits)
        let first = try await harvest(service)
        let report = try await river.report()
        let again = try await harvest(service)
        #expect(try await river.report().artifactRequests == report.artifactRequests)
        #expect(again.hits >= 0.6, "of what was asked about metadata")
        #expect(again.complete == first.complete)
        print("\(first.complete) of \(first.works) works have their file; hits of the second run \(again.hits)")
    }

    private func harvest(_ service: Service) async throws -> (works: Int, complete: Int, hits: Double) {
        let answer = try await service.post(
            "/v1/jobs", #"{"topic":"Rivers","max":5000,"workers":32,"attempts_per_work":60}"#)
        let id = try JSONDecoder().decode(Job.self, from: answer.body).id
        let job = try await service.job(id)
        #expect(job.state == "succeeded")
        #expect(job.works.done == 2000 && job.works.listed == 2000)
        let lines = try ManifestLine.all(in: try await service.get("/v1/jobs/\(id)/manifest.jsonl").body)
        let works = lines.filter { $0.record == "work" }
        #expect(Set(works.map(\.workID)).count == 2000 && works.count == 2000)
        #expect(works.allSatisfy { ($0.sha256 != nil) == ["pdf", "cached"].contains($0.classification) })
        #expect(works.allSatisfy { $0.sha256 != nil || $0.reason != nil })
        // Every attempt stands before the work it was made for.
        let attempts = lines.filter { $0.record == "attempt" }
        #expect(Set(attempts.map(\.workID)).isSubset(of: works.map(\.workID)))
        let metadata = attempts.filter { $0.role == "metadata" }
        let hits = Double(metadata.count { $0.fromCache == true }) / Double(max(1, metadata.count))
        return (works.count, works.count { $0.sha256 != nil }, hits)
    }
}
