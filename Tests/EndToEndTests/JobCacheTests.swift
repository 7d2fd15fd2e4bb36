import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// The cache that the jobs of a service share.
@Suite(.serialized) struct JobCacheTests {
    private static let openAlex = "api.openalex.org"

    @Test("What metadata services said answers the next job, until it is forgotten")
    func metadata() async throws {
        let river = try await River(simulator: ["--generate", "8", "--seed", "3"])
        let service = try await river.serve()
        try await harvest(service)
        let asked = try await river.report().requests(at: Self.openAlex)
        #expect(asked > 0)
        try await harvest(service)
        #expect(try await river.report().requests(at: Self.openAlex) == asked)
        let series = #"weir_cache_requests_total{host="api.openalex.org",result="hit",role="metadata"}"#
        #expect(try await sample(series, of: service) >= 1)
        #expect(try await sample("weir_cache_bytes", of: service) > 0)

        let removed = try await HTTP.send(.DELETE, "\(service.url)/v1/cache?host=\(Self.openAlex)")
        #expect(removed.text == #"{"removed":\#(asked)}"#)
        try await harvest(service)
        #expect(try await river.report().requests(at: Self.openAlex) == 2 * asked)
    }

    @Test("Every fetch is told of once, with what happened and without its URL")
    func events() async throws {
        let river = try await River(simulator: ["--generate", "8", "--seed", "3"])
        let service = try await river.serve()
        try await harvest(service)
        let events = try service.process.output.map { try JSONDecoder().decode(FetchEvent.self, from: Data($0.utf8)) }
            .filter { $0.message == "fetched" }
        let metadata = try #require(events.first { $0.role == "metadata" })
        #expect(metadata.host == Self.openAlex && metadata.status == 200 && metadata.cache == "miss")
        #expect(metadata.attempts == 1 && metadata.breaker == "closed" && metadata.bytes ?? 0 > 0)
        #expect(events.contains { $0.role == "artifact" && $0.status == 200 && $0.cache == nil })
        #expect(events.count == (try await river.report().requests))
        #expect(!service.process.output.contains { $0.contains("search=") })
    }

    private func harvest(_ service: Service) async throws {
        let answer = try await service.post("/v1/jobs", #"{"topic":"rivers"}"#)
        struct Submitted: Decodable {
            let id: String
        }
        let job = try await service.job(try JSONDecoder().decode(Submitted.self, from: answer.body).id)
        #expect(job.state == "succeeded")
    }

    private func sample(_ series: String, of service: Service) async throws -> Int {
        let text = try await service.get("/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return try #require(line?.split(separator: " ").last.flatMap { Int($0) }, "\(series) in \(text)")
    }
}
