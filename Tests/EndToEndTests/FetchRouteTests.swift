import Foundation
import NIOHTTP1
import ScriptedOrigin
import TestSupport
import Testing

/// `POST /v1/fetch` of a running service.
@Suite(.timeLimit(.minutes(2))) struct FetchRouteTests {
    private struct Refusal: Decodable {
        let type: String
        let reason: String
    }

    private func reason(_ answer: HTTP.Answer) throws -> String {
        #expect(answer.contentType == "application/problem+json")
        let refusal = try JSONDecoder().decode(Refusal.self, from: answer.body)
        #expect(refusal.type == "urn:weir:problem:\(refusal.reason)")
        return refusal.reason
    }

    @Test("What the upstream answers is passed on, whatever it is", arguments: [200, 203, 404, 410])
    func passedOn(status: Int) async throws {
        let origin = try await ScriptedOrigin.serving { _ in
            ScriptedAnswer(
                status, "body", ["X-Id": "7", "Cache-Control": "no-store", "Connection": "X-Hop", "X-Hop": "1"])
        }
        let fetching = try await FetchingService()
        let answer = try await fetching.fetch("\(origin.url)/a?b=c", headers: ["X-Asked": "1", "Accept": "text/x-dam"])
        #expect(answer.status == status && answer.text == "body")
        #expect(answer.headers["x-id"] == "7" && answer.headers["x-hop"] == nil)
        let request = try #require(origin.requests.first)
        #expect(request.target == "/a?b=c" && request["X-Asked"] == "1" && request["Accept"] == "text/x-dam")
        #expect(request["User-Agent"]?.hasPrefix("weir/") == true)
    }

    @Test(
        "A status that is none of HTTP's is refused, in an answer and in a robots.txt",
        arguments: ["000", "050", "101"])
    func noStatus(_ status: String) async throws {
        let origin = try await ScriptedOrigin.serving { _ in .raw("HTTP/1.1 \(status) X\r\nContent-Length: 1\r\n\r\nx")
        }
        let fetching = try await FetchingService()
        for role in ["metadata", "landing"] {
            let answer = try await fetching.fetch("\(origin.url)/", role: role)
            #expect(answer.status >= 400, "\(answer.text)")
        }
        #expect(try await fetching.service.get("/healthz").status == 200)
    }

    @Test("HEAD is asked as HEAD")
    func head() async throws {
        let origin = try await ScriptedOrigin.serving { _ in .ok("", ["X-Id": "7"]) }
        let answer = try await FetchingService().fetch("\(origin.url)/", method: "HEAD")
        #expect(answer.status == 200 && answer.body.isEmpty && answer.headers["x-id"] == "7")
        #expect(origin.requests.first?.method == .HEAD)
    }

    @Test("A large body goes through as it comes")
    func large() async throws {
        let origin = try await ScriptedOrigin.serving { _ in .large(bytes: 50_000_000) }
        let answer = try await FetchingService().fetch("\(origin.url)/", role: "artifact")
        #expect(answer.body.count == 50_000_000)
    }

    @Test(
        "No way leads into the private network",
        arguments: [
            "http://127.0.0.1:1/", "http://localhost:1/", "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1/", "http://2130706433/", "http://0x7f.1/",
        ])
    func blocked(_ url: String) async throws {
        let answer = try await FetchingService([]).fetch(url)
        #expect(answer.status == 403)
        #expect(try reason(answer) == "blocked_address")
    }

    @Test("Nor does a redirect; and one without end ends")
    func redirects() async throws {
        let origin = try await ScriptedOrigin.serving { request in
            switch request.path {
            case "/inside": ScriptedAnswer(302).with("Location", "http://169.254.169.254/latest/meta-data")
            case "/file": ScriptedAnswer(302).with("Location", "file:///etc/passwd")
            default: ScriptedAnswer(302).with("Location", request.path + "x")
            }
        }
        let fetching = try await FetchingService()
        #expect(try reason(try await fetching.fetch("\(origin.url)/inside")) == "blocked_address")
        #expect(try reason(try await fetching.fetch("\(origin.url)/file")) == "invalid_url")
        #expect(try reason(try await fetching.fetch("\(origin.url)/loop")) == "too_many_redirects")
    }

    @Test("Credentials stay with their origin")
    func credentials() async throws {
        let other = try await ScriptedOrigin.serving { _ in .ok("there") }
        let origin = try await ScriptedOrigin.serving { request in
            ScriptedAnswer(302).with("Location", request.path == "/near" ? "/far" : "\(other.url)/")
        }
        let secrets = ["Authorization": "Bearer s", "Cookie": "s=1", "X-Api-Key": "s", "Accept": "text/x-dam"]
        let fetching = try await FetchingService()
        let answer = try await fetching.fetch("\(origin.url)/near", headers: secrets)
        #expect(answer.text == "there")
        #expect(origin.requests.map { $0["Authorization"] } == ["Bearer s", "Bearer s"])
        let strange = try #require(other.requests.first)
        for name in ["Authorization", "Cookie", "X-Api-Key"] { #expect(strange[name] == nil, "\(name)") }
        #expect(strange["Accept"] == "text/x-dam")
        #expect(!fetching.service.process.output.contains { $0.contains("Bearer") || $0.contains("s=1") })
    }

    @Test("What is fresh is fetched once, but nothing that was for one client alone")
    func cached() async throws {
        let origin = try await ScriptedOrigin.serving { request in
            switch request.path {
            case "/private": .ok("mine", ["Cache-Control": "private, max-age=600"])
            default: .ok("ours", ["Cache-Control": "max-age=600"])
            }
        }
        let fetching = try await FetchingService()
        func asked(_ path: String, _ headers: [String: String] = [:]) async throws -> Int {
            for _ in 0..<3 { #expect(try await fetching.fetch(origin.url + path, headers: headers).status == 200) }
            return origin.requests(to: path).count
        }
        #expect(try await asked("/open", ["Accept": "text/x-dam"]) == 1)
        #expect(try await asked("/private") == 3)
        #expect(try await asked("/cookie", ["Cookie": "me=1"]) == 3)
        #expect(try await asked("/key", ["X-Api-Key": "me"]) == 3)
        #expect(try await asked("/authorized", ["Authorization": "Bearer me"]) == 3)
    }

    @Test("The limits hold: a denial comes at once and says when")
    func limited() async throws {
        let origin = try await ScriptedOrigin.serving { _ in .ok("x", ["Cache-Control": "no-store"]) }
        let fetching = try await FetchingService(limits: "defaults: { metadata: { rates: [1/DAY], max_delay_ms: 0 } }")
        #expect(try await fetching.fetch("\(origin.url)/a").status == 200)
        let denied = try await fetching.fetch("\(origin.url)/b")
        #expect(denied.status == 429)
        #expect(try reason(denied) == "rate_limited")
        #expect(Int(denied.headers["retry-after"] ?? "") ?? 0 > 86_000)
        #expect(origin.requests.count == 1)
    }

    @Test("robots.txt holds for what crawls")
    func robots() async throws {
        let origin = try await ScriptedOrigin.serving { request in
            request.path == "/robots.txt" ? .ok("User-agent: *\nDisallow: /no") : .ok("page")
        }
        let fetching = try await FetchingService()
        #expect(try reason(try await fetching.fetch("\(origin.url)/no", role: "landing")) == "robots_disallowed")
        #expect(try await fetching.fetch("\(origin.url)/yes", role: "landing").status == 200)
        #expect(try await fetching.fetch("\(origin.url)/no", role: "metadata").status == 200)
    }

    @Test("A client that goes away takes its fetch with it")
    func gone() async throws {
        let origin = try await ScriptedOrigin.serving { _ in .ok().delivered(.endless) }
        let fetching = try await FetchingService()
        let order = #"{"url":"\#(origin.url)/","role":"artifact"}"#
        let curl = try RunningProcess(
            "/usr/bin/curl",
            ["-s", "--max-filesize", "1000000", "-o", "/dev/null", "-d", order, "\(fetching.service.url)/v1/fetch"])
        _ = try await origin.requests(to: "/", atLeast: 1)
        curl.signal(SIGKILL)
        _ = await curl.exit()
        struct Usage: Decodable {
            let inFlight: Int

            enum CodingKeys: String, CodingKey {
                case inFlight = "in_flight"
            }
        }
        while try JSONDecoder().decode(Usage.self, from: try await fetching.service.get("/v1/usage").body).inFlight > 0
        {
            await Task.yield()
        }
    }
}
