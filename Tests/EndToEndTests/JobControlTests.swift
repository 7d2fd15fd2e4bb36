import Foundation
import NIOCore
import NIOHTTP1
import ScriptedOrigin
import Synchronization
import TestSupport
import Testing

/// Jobs of a running service, steered and watched from outside.
@Suite(.serialized) struct JobControlTests {
    private func submit(_ service: Service, _ body: String, key: String? = nil) async throws -> String {
        let answer = try await HTTP.send(
            .POST, "\(service.url)/v1/jobs", body, headers: key.map { ["Idempotency-Key": $0] } ?? [:])
        #expect(answer.status == 202, "\(answer.text)")
        return try JSONDecoder().decode(Job.self, from: answer.body).id
    }

    private func act(_ service: Service, _ id: String, _ action: String) async throws -> Int {
        try await service.post("/v1/jobs/\(id)/\(action)").status
    }

    /// Waits until the job waits for a host.
    private func waiting(_ service: Service, _ id: String) async throws {
        struct Report: Decodable {
            struct Wait: Decodable {
                let host: String
            }

            let waits: [Wait]
        }
        while try JSONDecoder().decode(Report.self, from: try await service.get("/v1/jobs/\(id)").body).waits.isEmpty {
            await Task.yield()
        }
    }

    @Test("A job that waits for a limit is paused, resumed, cancelled and retried at once")
    func whileWaiting() async throws {
        // After a few files each host is closed for an hour.
        let river = try await River(simulator: ["--generate", "30", "--seed", "5"], isJudging: false)
        let service = try await river.serve(limits: ["artifact": "rates: [1/HOUR]"])
        let id = try await submit(service, #"{"topic":"rivers","workers":8}"#)
        try await waiting(service, id)
        let clock = ContinuousClock()
        for (action, state) in [
            ("pause", "paused"), ("resume", "running"), ("cancel", "cancelled"), ("retry", "running"),
            ("cancel", "cancelled"),
        ] {
            let took = try await clock.measure {
                #expect(try await act(service, id, action) == 200, "\(action)")
                while try await service.state(of: id) != state { await Task.yield() }
            }
            print("\(action) while waiting for a limit: \(took)")
            if state == "running" { try await waiting(service, id) }
        }
        // Nothing that was stopped goes on.
        let before = try await river.report().requests
        let other = try await submit(service, #"{"topic":"rivers","max":1,"list_only":true}"#)
        #expect(try await service.job(other).state == "succeeded")
        #expect(try await river.report().requests == before, "the list is known")
    }

    @Test("A paused job stays paused over a restart, and goes on where it was")
    func pausedOverRestart() async throws {
        let river = try await River(simulator: ["--generate", "60", "--seed", "6"])
        var service = try await river.serve()
        let id = try await submit(service, #"{"topic":"rivers","workers":4}"#)
        _ = try await service.job(id, settled: 5)
        #expect(try await act(service, id, "pause") == 200)
        service.process.signal(SIGKILL)
        _ = await service.process.exit()
        service = try await river.serve()
        let other = try await submit(service, #"{"topic":"rivers","list_only":true}"#)
        #expect(try await service.job(other).state == "succeeded")
        #expect(try await service.state(of: id) == "paused")
        #expect(try await act(service, id, "resume") == 200)
        let job = try await service.job(id)
        #expect(job.state == "succeeded")
        let works = try ManifestLine.works(in: try await service.get("/v1/jobs/\(id)/manifest.jsonl").body)
        #expect(Set(works.filter { $0.sha256 != nil }.map(\.workID)) == (try await river.truth()).offering)
        #expect(try await river.report().repeatedArtifactURLs.count <= 4)
    }

    @Test("The same key makes one job, also after a restart; another request with it is refused")
    func idempotency() async throws {
        let river = try await River(simulator: ["--generate", "5", "--seed", "6"])
        var service = try await river.serve()
        let body = #"{"topic":"rivers","list_only":true}"#
        let id = try await submit(service, body, key: "k1")
        #expect(try await submit(service, body, key: "k1") == id)
        service.process.signal(SIGKILL)
        _ = await service.process.exit()
        service = try await river.serve()
        #expect(try await submit(service, body, key: "k1") == id)
        let other = try await HTTP.send(
            .POST, "\(service.url)/v1/jobs", #"{"topic":"lakes"}"#, headers: ["Idempotency-Key": "k1"])
        #expect(other.status == 422)
    }

    @Test("Everything that is wrong with a job is said at once")
    func validation() async throws {
        let river = try await River(simulator: ["--generate", "1"])
        let service = try await river.serve()
        let body =
            #"{"topic":"a","dois":["x"],"max":0,"workers":"4","resolvers":["openalex","sci_hub"],"yaer_start":2020,"webhook":"ftp://x"}"#
        let answer = try await service.post("/v1/jobs", body)
        struct Problem: Decodable {
            struct Field: Decodable {
                let path: String
            }

            let errors: [Field]
        }
        let paths = try JSONDecoder().decode(Problem.self, from: answer.body).errors.map(\.path)
        #expect(answer.status == 400)
        #expect(Set(paths) == ["workers", "resolvers[1]", "yaer_start", "topic", "dois[0]", "max", "webhook"])
    }

    @Test("Budgets end a job in order, and a retry goes on from there")
    func budgets() async throws {
        let river = try await River(simulator: ["--generate", "40", "--seed", "6"])
        let service = try await river.serve()
        let id = try await submit(service, #"{"topic":"rivers","workers":1,"max_bytes":300000}"#)
        let job = try await service.job(id)
        #expect(job.state == "succeeded")
        #expect(job.works.done == job.works.listed)
        let works = try ManifestLine.works(in: try await service.get("/v1/jobs/\(id)/manifest.jsonl").body)
        #expect(works.contains { $0.reason == "byte_budget_exhausted" })
        #expect(works.contains { $0.classification == "pdf" })
        let first = try #require(job.works.byClassification["pdf"])
        #expect(try await act(service, id, "retry") == 200)
        let again = try await service.job(id)
        #expect(try #require(again.works.byClassification["pdf"]) > first, "the budget is there again")
    }

    @Test("Works from a file of lines are harvested, each once")
    func upload() async throws {
        let river = try await River(simulator: ["--generate", "30", "--seed", "6"])
        let service = try await river.serve()
        struct Line: Decodable {
            let doi: String?
        }
        let dois = try await HTTP.get("\(river.proxy)/_sim/works").body.split(separator: UInt8(ascii: "\n"))
            .compactMap { try JSONDecoder().decode(Line.self, from: $0).doi }
        let urls = try await river.fileURLs().prefix(3)
        let lines =
            dois.map { #"{"doi":"https://doi.org/\#($0)"}"# } + urls.map { #"{"url":"\#($0)","title":"T"}"# }
            + [#"{"doi":"\#(dois[0].uppercased())"}"#]
        let answer = try await HTTP.send(
            .POST, "\(service.url)/v1/jobs?workers=8&list_only=true", lines.joined(separator: "\n"),
            headers: ["Content-Type": "application/jsonl"])
        #expect(answer.status == 202)
        let id = try JSONDecoder().decode(Job.self, from: answer.body).id
        let job = try await service.job(id)
        #expect(job.works.listed == dois.count + urls.count)
        let table = try await service.get("/v1/jobs/\(id)/manifest.csv").text
        #expect(table.split(separator: "\r\n").count == job.works.listed + 1)
    }

    @Test("The end of a job is told to who asked for it, signed, and again until it is taken")
    func webhook() async throws {
        let river = try await River(simulator: ["--generate", "3", "--seed", "6"])
        let refusals = Mutex(1)
        let origin = try await ScriptedOrigin.serving { _ in
            ScriptedAnswer(
                refusals.withLock { left in
                    defer { left -= 1 }
                    return left > 0 ? 503 : 204
                })
        }
        let service = try await river.serve(
            adding: ["--allowed-addresses", "127.0.0.1"], isProxied: false, environment: ["WEIR_WEBHOOK_KEY": "k"])
        let id = try await submit(
            service,
            #"{"urls":["\#(origin.url)/none.pdf"],"list_only":true,"webhook":"\#(origin.url)/hook"}"#)
        let calls = try await origin.requests(to: "/hook", atLeast: 2)
        #expect(calls.allSatisfy { $0["webhook-id"]?.hasPrefix(id) == true })
        #expect(calls.allSatisfy { $0["webhook-signature"]?.hasPrefix("v1,") == true })
        let told = try JSONDecoder().decode(Job.self, from: Data(calls[0].body.readableBytesView))
        #expect(told.id == id && told.state == "succeeded")
        struct State: Decodable {
            let webhook: String
        }
        var state = ""
        while state != "delivered" {
            state = try JSONDecoder().decode(State.self, from: try await service.get("/v1/jobs/\(id)").body).webhook
            await Task.yield()
        }
    }
}
