import Foundation
import TestSupport
import Testing

/// One job, killed at thirty random moments, beside the same job left alone.
@Suite(.serialized, .timeLimit(.minutes(5))) struct KilledHarvestTests {
    /// What a line of a manifest says, without when and by which job.
    private struct Record: Decodable, Hashable {
        let record: String
        let workID: String
        let resolver: String?
        let url: String?
        let classification: String?
        let reason: String?
        let sha256: String?
        let status: String?
        let httpStatus: Int?

        enum CodingKeys: String, CodingKey {
            case record
            case workID = "work_id"
            case resolver
            case url
            case classification
            case reason
            case sha256
            case status
            case httpStatus = "http_status"
        }
    }

    private func records(_ service: Service, _ id: String) async throws -> [Record: Int] {
        try await service.get("/v1/jobs/\(id)/manifest.jsonl").body.split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(Record.self, from: $0) }
            .reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private func start(_ river: River) async throws -> Service {
        try await river.serve(limits: ["artifact": "rates: [20/SECOND]"])
    }

    private func submit(_ service: Service) async throws -> String {
        let answer = try await service.post("/v1/jobs", #"{"topic":"rivers","max":500,"workers":4}"#)
        return try JSONDecoder().decode(Job.self, from: answer.body).id
    }

    @Test("ends with the same artifacts and the same manifest")
    func killed() async throws {
        var random = SeededGenerator(seed: TestSeed.current)
        let simulator = ["--generate", "400", "--seed", "21"]
        let quiet = try await River(simulator: simulator, isJudging: false)
        let calm = try await start(quiet)
        let undisturbed = try await submit(calm)
        #expect(try await calm.job(undisturbed).state == "succeeded")
        let expected = try await records(calm, undisturbed)

        let river = try await River(simulator: simulator, isJudging: false)
        var service = try await start(river)
        let id = try await submit(service)
        var kills = 0
        var settled = 0
        while kills < 30, try await service.state(of: id) != "succeeded" {
            settled += Int.random(in: 1...20, using: &random)
            _ = try await service.job(id, settled: settled)
            service.process.signal(SIGKILL)
            #expect(await service.process.exit() == -SIGKILL)
            kills += 1
            service = try await start(river)
        }
        #expect(kills == 30)
        #expect(try await service.job(id).state == "succeeded")
        let found = try await records(service, id)
        for (record, count) in expected where found[record] != count {
            Issue.record("\(record) \(found[record] ?? 0) times and not \(count)")
        }
        for record in found.keys where expected[record] == nil { Issue.record("\(record) is too much") }
        func names(_ river: River) throws -> Set<String> { Set(try river.files().map { String($0.suffix(68)) }) }
        #expect(try names(river) == names(quiet))
        let report = try await river.report()
        print("killed \(kills) times; \(report.repeatedArtifactURLs.count) files were under way and asked for again")
    }
}
