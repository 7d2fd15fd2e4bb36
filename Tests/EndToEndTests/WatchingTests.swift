import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// Jobs of a running service, watched while they run.
@Suite(.serialized) struct WatchingTests {
    private struct Event: Hashable {
        var id: String?
        var name = ""
        var data = ""

        /// The number of the event in its job.
        var number: Int? { id.flatMap { $0.split(separator: "-").last }.flatMap { Int($0) } }
    }

    /// The events of a job until the stream ends, or so many have come.
    private func events(
        _ service: Service, _ job: String, after last: String? = nil, most: Int = .max
    ) async throws -> [Event] {
        var request = HTTPClientRequest(url: "\(service.url)/v1/jobs/\(job)/events")
        if let last { request.headers.add(name: "Last-Event-ID", value: last) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.headers.first(name: "content-type") == "text/event-stream")
        var events: [Event] = []
        var event = Event()
        var text = ""
        for try await chunk in response.body {
            text += String(buffer: chunk)
            while let end = text.firstIndex(of: "\n") {
                let line = text[..<end]
                if line.isEmpty, !event.name.isEmpty {
                    events.append(event)
                    event = Event()
                    if events.count == most { return events }
                } else if line.hasPrefix("id: ") {
                    event.id = String(line.dropFirst(4))
                } else if line.hasPrefix("event: ") {
                    event.name = String(line.dropFirst(7))
                } else if line.hasPrefix("data: ") {
                    event.data = String(line.dropFirst(6))
                }
                text = String(text[text.index(after: end)...])
            }
        }
        return events
    }

    @Test("Every work, attempt and file is told of once, and whoever comes back misses nothing")
    func events() async throws {
        let river = try await River(simulator: ["--generate", "40", "--seed", "6"])
        let service = try await river.serve()
        let answer = try await service.post("/v1/jobs", #"{"topic":"rivers","workers":8}"#)
        let id = try JSONDecoder().decode(Job.self, from: answer.body).id
        let first = try await events(service, id, most: 20)
        #expect(first.first?.name == "state" && first.first?.id == nil)
        let last = try #require(first.last?.id)
        let rest = try await events(service, id, after: last)
        let numbers = (first + rest).compactMap(\.number)
        #expect(numbers == Array(try #require(numbers.first)...(numbers.last ?? 0)))
        let end = try JSONDecoder().decode(Job.self, from: Data(try #require(rest.last).data.utf8))
        #expect(rest.last?.name == "state" && end.state == "succeeded")

        // What was told is what is on record.
        let told = try (first + rest).filter { $0.name == "work" }
            .map { try JSONDecoder().decode(ManifestLine.self, from: Data($0.data.utf8)).workID }
        let lines = try ManifestLine.all(in: try await service.get("/v1/jobs/\(id)/manifest.jsonl").body)
        let works = lines.filter { $0.record == "work" }.map(\.workID)
        #expect(Set(told).isSubset(of: works) && Set(told).count == told.count)
        // The stream may begin after the first works are settled, but nothing else is missing.
        let files = (first + rest).count { $0.name == "artifact" }
        #expect(files <= (try river.files().count) && files > 0)

        let late = try await events(service, id)
        #expect(late.map(\.name) == ["state"])
        // As browsers do it: whoever had everything comes back, and is let go.
        #expect(try await events(service, id, after: try #require(rest.last?.id)).isEmpty)
        #expect(try await events(service, id, after: last) == rest)
    }

    @Test("A job's report adds up")
    func report() async throws {
        let river = try await River(simulator: ["--generate", "40", "--seed", "6"])
        let service = try await river.serve()
        let answer = try await service.post("/v1/jobs", #"{"topic":"rivers","workers":8}"#)
        let id = try JSONDecoder().decode(Job.self, from: answer.body).id
        _ = try await service.job(id)
        struct Report: Decodable {
            struct Host: Decodable {
                let host: String
                let role: String
                let requests: Int
            }

            struct Resolver: Decodable {
                let resolver: String
                let requests: Int
                let files: Int
            }

            struct Indicators: Decodable {
                let yield: Double
                let refusedFiles: Int

                enum CodingKeys: String, CodingKey {
                    case yield
                    case refusedFiles = "refused_files"
                }
            }

            let works: Job.Works
            let hosts: [Host]
            let resolvers: [Resolver]
            let indicators: Indicators
        }
        let report = try JSONDecoder().decode(Report.self, from: try await service.get("/v1/jobs/\(id)").body)
        let lines = try ManifestLine.all(in: try await service.get("/v1/jobs/\(id)/manifest.jsonl").body)
        let attempts = lines.filter { $0.record == "attempt" }
        let listing = report.hosts.filter { $0.host == "api.openalex.org" }.map(\.requests)
        #expect(try await listing == [river.report().requests(at: "api.openalex.org")])
        #expect(report.hosts.reduce(0) { $0 + $1.requests } - listing[0] == attempts.count)
        #expect(report.resolvers.reduce(0) { $0 + $1.requests } == attempts.count)
        #expect(report.resolvers.reduce(0) { $0 + $1.files } == report.works.byClassification["pdf"])
        let truth = try await river.truth()
        let looked = report.works.done - (report.works.byClassification["skipped"] ?? 0)
        #expect(report.indicators.yield == Double(truth.offering.count) / Double(looked))
        #expect(report.indicators.refusedFiles == 0)

        let host = try #require(report.hosts.first { $0.role == "artifact" })
        var cursor: String? = ""
        var found = 0
        struct Page: Decodable {
            let attempts: [ManifestLine]
            let next: String?
        }
        while let place = cursor {
            let query = "?host=\(host.host)&role=artifact&limit=2" + (place.isEmpty ? "" : "&cursor=\(place)")
            let answer = try await service.get("/v1/jobs/\(id)/attempts\(query)")
            let page = try JSONDecoder().decode(Page.self, from: answer.body)
            #expect(page.attempts.allSatisfy { $0.role == "artifact" })
            found += page.attempts.count
            cursor = page.next
        }
        #expect(found == host.requests)
    }

    @Test("Who watches without a terminal is told which host a job waits for, and until when")
    func waiting() async throws {
        let river = try await River(simulator: ["--generate", "30", "--seed", "5"], isJudging: false)
        let service = try await river.serve(limits: ["artifact": "rates: [1/HOUR]"])
        let answer = try await service.post("/v1/jobs", #"{"topic":"rivers"}"#)
        let id = try JSONDecoder().decode(Job.self, from: answer.body).id
        let watching = try RunningProcess("weir", ["jobs", "watch", id, "--server", service.url])
        let until = try await watching.captured(
            #/waits for [a-z0-9.-]+ artifact until ([0-9T:.-]+Z) \(works: [0-9]+\)/#)
        #expect(until > "2026")
    }

    @Test("The commands submit, show, list, watch, steer and delete")
    func commands() async throws {
        let river = try await River(simulator: ["--generate", "20", "--seed", "6"])
        let service = try await river.serve()
        func run(_ arguments: [String]) async throws -> (code: Int32, output: String) {
            let process = try RunningProcess("weir", ["jobs"] + arguments + ["--server", service.url])
            let code = await process.exit()
            return (code, process.output.joined(separator: "\n"))
        }
        let submitted = try await run(["submit", "--topic", "rivers", "--workers", "8"])
        #expect(submitted.code == 0)
        let id = try JSONDecoder().decode(Job.self, from: Data(submitted.output.utf8)).id
        let watched = try await run(["watch", id])
        #expect(watched.code == 0)
        #expect(watched.output.split(separator: "\n").last?.hasPrefix("succeeded  20/20 works") == true)
        #expect(try await run(["show", id]).output.contains("\"yield\""))
        #expect(try await run(["list", "--state", "succeeded"]).output.contains(id))
        let refused = try await run(["pause", id])
        #expect(refused.code == 1 && refused.output.contains("it allows: retry, delete"))
        #expect(try await run(["retry", id]).code == 0)
        #expect(try await run(["watch", id]).code == 0)
        #expect(try await run(["delete", id]).code == 0)
        #expect(try await run(["show", id]).code == 1)
        #expect(try river.files().isEmpty)
        let bad = try await run(["submit", "--topic", "rivers", "--resolvers", "scihub"])
        #expect(bad.code != 0 && bad.output.contains("'scihub' is no resolver"))
    }
}
