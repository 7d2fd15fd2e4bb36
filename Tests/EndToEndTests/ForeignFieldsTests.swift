import Foundation
import ScriptedOrigin
import TestSupport
import Testing

/// What strangers say of their own origin must not become true of Weir's.
@Suite("Strangers' responses", .timeLimit(.minutes(2)))
struct ForeignFieldsTests {
    private static let acting: KeyValuePairs = [
        "Set-Cookie": "a=b", "Set-Cookie2": "a=b", "Clear-Site-Data": "\"*\"",
        "Refresh": "0; url=https://evil.example/",
        "Strict-Transport-Security": "max-age=1", "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Credentials": "true", "Public-Key-Pins": "x", "NEL": "{}", "Report-To": "{}",
        "Reporting-Endpoints": "a=\"https://evil.example/\"", "Alt-Svc": "h2=\"evil.example:443\"",
        "Service-Worker-Allowed": "/", "SourceMap": "/a.map", "Cross-Origin-Resource-Policy": "cross-origin",
        "Cross-Origin-Opener-Policy": "unsafe-none", "Content-Security-Policy-Report-Only": "default-src 'none'",
        "Accept-CH": "DPR", "Timing-Allow-Origin": "*",
    ]

    @Test("act on nothing where they come through /v1/fetch", arguments: [200, 403])
    func fetched(status: Int) async throws {
        let origin = try await ScriptedOrigin.serving { _ in
            var answer = ScriptedAnswer(
                status, "<script>alert(1)</script>",
                [
                    "Content-Type": "text/html", "Content-Security-Policy": "default-src *",
                    "X-Content-Type-Options": "x",
                ])
            for (name, value) in Self.acting { answer = answer.with(name, value) }
            return answer.with("Link", "</a>; rel=\"next\"").with("ETag", "\"1\"")
        }
        let fetching = try await FetchingService()
        for _ in 1...2 {
            let answer = try await fetching.fetch("\(origin.url)/")
            #expect(answer.status == status && answer.text.hasPrefix("<script>"))
            for (name, _) in Self.acting { #expect(answer.headers[name.lowercased()] == nil, "\(name)") }
            #expect(answer.headers["content-security-policy"] == "sandbox")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["link"] == "</a>; rel=\"next\"" && answer.headers["etag"] == "\"1\"")
        }
    }

    @Test("are files like others where they come from the archive")
    func archived() async throws {
        let river = try await River(simulator: ["--generate", "12", "--seed", "3"])
        let service = try await river.serve()
        let submitted = try await service.post("/v1/jobs", #"{"topic":"rivers","max":5}"#)
        let id = try JSONDecoder().decode(Job.self, from: submitted.body).id
        _ = try await service.job(id)
        let manifest = try await service.get("/v1/jobs/\(id)/manifest.jsonl")
        let file = try #require(ManifestLine.works(in: manifest.body).compactMap(\.sha256).first)
        let answers = [
            manifest, try await service.get("/v1/jobs/\(id)/manifest.csv"),
            try await service.get("/v1/jobs/\(id)/artifacts/\(file)"),
        ]
        for answer in answers {
            #expect(answer.status == 200)
            #expect(answer.headers["content-security-policy"] == "sandbox")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
        }
    }
}
