import HTTPTypes
import NIOCore
import Testing

@testable import Fetching

@Suite("RFC 9110, 15.4: redirects")
struct RedirectLayerTests {
    private static func redirect(to location: String, status: Int = 302) -> ScriptedTransport.Answer {
        .init(status: status, headers: [.location: location])
    }

    @Test("A redirect is followed, and the response says where it came from", arguments: [301, 302, 303, 307, 308])
    func follows(status: Int) async throws {
        let upstream = ScriptedTransport { request, _ in
            request.address.path == "/old" ? Self.redirect(to: "new?x=1", status: status) : .init(body: "here")
        }
        let (body, address) = try await RedirectLayer(upstream).withResponse(to: .to("http://a.example/old")) {
            let body = String(buffer: try await $0.body.collect())
            return (body, $0.address.text)
        }
        #expect(body == "here")
        #expect(address == "http://a.example/new?x=1")
    }

    @Test("Nothing that could be a credential goes to another origin")
    func dropsCredentials() async throws {
        let upstream = ScriptedTransport { request, number in
            switch number {
            case 1: Self.redirect(to: "/b")
            case 2: Self.redirect(to: "https://a.example/c")
            default: .init()
            }
        }
        let key = try #require(HTTPField.Name("X-Api-Key"))
        let headers: HTTPFields = [.authorization: "Bearer s", .cookie: "s=1", key: "s", .accept: "text/html"]
        _ = try await RedirectLayer(upstream).fetch(.to("http://a.example/a", headers: headers))
        #expect(upstream.requests[1].headers == headers)
        // The same host by another scheme is another origin.
        #expect(upstream.requests[2].headers == [.accept: "text/html"])
    }

    @Test("A circle ends", arguments: ["http://a.example/a", "http://a.example/b"])
    func circle(back: String) async throws {
        let upstream = ScriptedTransport { request, _ in
            Self.redirect(to: request.address.path == "/a" ? "/b" : back)
        }
        await #expect(throws: FetchError.tooManyRedirects(limit: 20)) {
            try await RedirectLayer(upstream).fetch(.to("http://a.example/a"))
        }
        #expect(upstream.requests.count == 2)
    }

    @Test("So does a chain that always leads on")
    func chain() async throws {
        let upstream = ScriptedTransport { _, number in Self.redirect(to: "/\(number)") }
        await #expect(throws: FetchError.tooManyRedirects(limit: 20)) {
            try await RedirectLayer(upstream).fetch(.to("http://a.example/0"))
        }
        #expect(upstream.requests.count == 21)
    }

    @Test(
        "A redirect to what cannot be fetched is an error",
        arguments: ["file:///etc/passwd", "ftp://a.example/f", "gopher://a.example/", "http://", "data:text/plain,x"])
    func schemes(location: String) async throws {
        let upstream = ScriptedTransport { _, _ in Self.redirect(to: location) }
        let error = await #expect(throws: FetchError.self) {
            try await RedirectLayer(upstream).fetch(.to("http://a.example/"))
        }
        #expect(error?.reason == "invalid_url")
    }

    @Test("What changes something is not repeated elsewhere: the client sees the redirect")
    func unsafe() async throws {
        let upstream = ScriptedTransport { _, _ in Self.redirect(to: "/b", status: 307) }
        let answer = try await RedirectLayer(upstream).fetch(.to("http://a.example/a", method: .post))
        #expect(answer.status == 307)
        #expect(upstream.requests.count == 1)
    }
}
