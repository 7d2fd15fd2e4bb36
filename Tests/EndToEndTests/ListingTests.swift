import Foundation
import NIOHTTP1
import ScriptedOrigin
import TestSupport
import Testing

/// How a job asks OpenAlex which works there are.
@Suite(.timeLimit(.minutes(2))) struct ListingTests {
    /// A service whose OpenAlex and Unpaywall are this origin.
    private func service(asking origin: ScriptedOrigin) async throws -> FetchingService {
        try await FetchingService(environment: [
            "WEIR_ALLOWED_ADDRESSES": "127.0.0.1", "WEIR_UPSTREAMS_OPENALEX_BASE_URL": origin.url,
            "WEIR_UPSTREAMS_UNPAYWALL_BASE_URL": origin.url, "WEIR_UPSTREAMS_OPENALEX_API_KEY": "settings-key",
        ])
    }

    private func submit(_ service: Service, _ body: String) async throws -> String {
        let answer = try await service.post("/v1/jobs", body)
        #expect(answer.status == 202, "\(answer.text)")
        return try JSONDecoder().decode(Job.self, from: answer.body).id
    }

    private static func page(_ works: String) -> ScriptedAnswer {
        .ok(#"{"meta":{"next_cursor":null},"results":[\#(works)]}"#, ["Content-Type": "application/json"])
    }

    @Test("A record that was merged into another is found behind the redirect")
    func merged() async throws {
        let origin = try await ScriptedOrigin.serving { request in
            switch request.target.prefix(while: { $0 != "?" }) {
            case "/works/doi:10.1000%2Fold%2Cname":
                ScriptedAnswer(301, "", ["Location": "/works/W2"])
            case "/works/W2":
                .ok(#"{"id":"https://openalex.org/W2","doi":"https://doi.org/10.1000/old,name","title":"Merged"}"#)
            default: ScriptedAnswer(404)
            }
        }
        let asking = try await service(asking: origin)
        let service = asking.service
        let id = try await submit(service, #"{"dois":["10.1000/old,name"],"list_only":true}"#)
        #expect(try await service.job(id).state == "succeeded")
        let works = try await service.get("/v1/jobs/\(id)/works").text
        #expect(works.contains(#""work_id":"W2""#) && works.contains("Merged"), "\(works)")
    }

    @Test("A listing whose budget is used up is seen to wait, and what it asked is counted")
    func budget() async throws {
        let origin = try await ScriptedOrigin.serving { _ in
            ScriptedAnswer(429, #"{"error":"Rate limit exceeded"}"#, ["Retry-After": "3600"])
        }
        let asking = try await service(asking: origin)
        let service = asking.service
        let id = try await submit(service, #"{"topic":"rivers"}"#)
        struct Report: Decodable {
            struct Host: Decodable {
                let requests: Int
                let tooMany: Int

                enum CodingKeys: String, CodingKey {
                    case requests
                    case tooMany = "too_many"
                }
            }
            struct Wait: Decodable, Equatable {
                let host: String
                let role: String
                let works: Int
            }

            let hosts: [Host]
            let waits: [Wait]
        }
        func report() async throws -> Report {
            try JSONDecoder().decode(Report.self, from: try await service.get("/v1/jobs/\(id)").body)
        }
        while try await report().waits.isEmpty { await Task.yield() }
        let waiting = try await report()
        #expect(waiting.waits == [Report.Wait(host: "127.0.0.1", role: "metadata", works: 0)])
        #expect(waiting.hosts.map(\.requests) == [1] && waiting.hosts.map(\.tooMany) == [1])
        #expect(origin.requests.count == 1)
        #expect(try await service.post("/v1/jobs/\(id)/cancel").status == 200)
        while try await !report().waits.isEmpty { await Task.yield() }
    }

    @Test("A job's credentials reach its services, and nobody else")
    func credentials() async throws {
        let origin = try await ScriptedOrigin.serving { request in
            request.target.hasPrefix("/v2/")
                ? .ok(#"{"best_oa_location":null,"oa_locations":[]}"#)
                : Self.page(
                    #"{"id":"https://openalex.org/W1","doi":"https://doi.org/10.1000/x","open_access":{"is_oa":true}}"#)
        }
        let asking = try await service(asking: origin)
        let service = asking.service
        let submission = try RunningProcess(
            "weir",
            [
                "jobs", "submit", "--server", service.url, "--topic", "rivers", "--resolvers", "unpaywall",
                "--credential", "openalex=KEY", "--credential", "unpaywall=MAIL",
            ], environment: ["KEY": "job-key", "MAIL": "job@lab.example"])
        #expect(await submission.exit() == 0, "\(submission.output)")
        let job = try JSONDecoder().decode(Job.self, from: Data(submission.output.joined().utf8))
        #expect(try await service.job(job.id).state == "succeeded")
        let targets = origin.requests.map(\.target)
        #expect(targets.count == 2 && targets[0].hasSuffix("&api_key=job-key"), "\(targets)")
        #expect(targets.last == "/v2/10.1000%2Fx?email=job%40lab.example")

        var told = submission.output + service.process.output
        for path in ["", "/works", "/attempts", "/manifest.jsonl"] {
            told.append(try await service.get("/v1/jobs/\(job.id)\(path)").text)
        }
        #expect(!told.contains { $0.contains("job-key") || $0.contains("lab.example") }, "\(told)")
        let refused = try await service.post(
            "/v1/jobs", #"{"topic":"x","resolvers":["unpaywall"],"credentials":{"core":"k"}}"#)
        #expect(refused.status == 422)
        #expect(refused.text.contains("or give the job credentials.unpaywall"), "\(refused.text)")
    }

    @Test("A key that a service repeats is not told")
    func repeated() async throws {
        let origin = try await ScriptedOrigin.serving { _ in ScriptedAnswer(403, "unknown key settings-key") }
        let asking = try await service(asking: origin)
        let service = asking.service
        let id = try await submit(service, #"{"topic":"rivers"}"#)
        #expect(try await service.job(id).state == "failed")
        let told = try await service.get("/v1/jobs/\(id)").text
        #expect(told.contains("unknown key …") && !told.contains("settings-key"), "\(told)")
        #expect(!service.process.output.contains { $0.contains("settings-key") })
    }
}
