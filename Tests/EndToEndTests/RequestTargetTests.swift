import Foundation
import NIOCore
import ScriptedOrigin
import TestSupport
import Testing

/// What arrives at an origin, of the URLs that a running service is given.
@Suite(.timeLimit(.minutes(2))) struct RequestTargetTests {
    @Test("A URL arrives as it was given, and only what is invalid in it is encoded")
    func targets() async throws {
        let origin = try await ScriptedOrigin.serving { _ in .ok("here") }
        let fetching = try await FetchingService()
        for (asked, expected) in [
            ("/?f=x|y&z=%20", "/?f=x%7Cy&z=%20"), ("/a%2Fb/%c3%a9?é", "/a%2Fb/%c3%a9?%C3%A9"),
            ("/caf%E9/%ff?%e9", "/caf%E9/%ff?%e9"),
            ("/100%?100%", "/100%25?100%25"),
            ("/pub/../private/%2e%2e/x", "/x"), ("//a//b?", "//a//b?"), ("/a b?c d#e", "/a%20b?c%20d"),
            ("?q=[1]", "/?q=%5B1%5D"),
        ] {
            #expect(try await fetching.fetch(origin.url + asked).status == 200)
            #expect(origin.requests.last?.target == expected)
            #expect(origin.requests.last?["Host"] == "127.0.0.1:\(origin.port)")
        }
    }

    @Test("Octets in Location that are no UTF-8 are asked for as they are")
    func location() async throws {
        let origin = try await ScriptedOrigin.serving { request in
            switch request.path {
            case "/odd":
                var answer = ByteBuffer(
                    string: "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 302 Found\r\nX-Location: \u{e9}\r\n")
                answer.writeString("LOCATION: /caf")
                answer.writeInteger(UInt8(0xe9))
                answer.writeString("/%e9.pdf\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
                return .ok().delivered(.raw(answer))
            case "/utf8", "/again":
                return ScriptedAnswer(302, "Location: /\u{e9}\r\n\r\n").with(
                    "Location", "/caf\u{e9}?\(request.path.dropFirst())")
            case "/plain": return ScriptedAnswer(302, "Location: /x\r\n\r\n").with("location", "/plain/there")
            default: return .ok("Location: \u{e9}")
            }
        }
        let fetching = try await FetchingService()
        for (asked, expected) in [
            ("/plain", "/plain/there"), ("/utf8", "/caf%C3%A9?utf8"), ("/odd", "/caf%E9/%e9.pdf"),
            ("/again", "/caf%C3%A9?again"),
        ] {
            let answer = try await fetching.fetch(origin.url + asked)
            #expect(answer.text == "Location: \u{e9}")
            #expect(origin.requests.last?.target == expected)
        }
    }

    @Test("robots.txt is held against the path that is sent")
    func robots() async throws {
        let origin = try await ScriptedOrigin.serving { request in
            request.path == "/robots.txt" ? .ok("User-agent: *\nDisallow: /private/\n") : .ok("here")
        }
        let fetching = try await FetchingService()
        for path in ["/pub/../private/x", "/pub/%2e%2E/private/x", #"/pub\..\private/x"#, "/./private/./x"] {
            let answer = try await fetching.fetch(origin.url + path, role: "landing")
            #expect(answer.text.contains("robots_disallowed"), "\(path)")
        }
        #expect(origin.requests.map(\.path).allSatisfy { $0 == "/robots.txt" })
    }

    @Test(
        "Whatever is no address is refused, and the service lives on",
        arguments: [":0", ":65536", ":99999999999999999999"])
    func ports(_ port: String) async throws {
        let origin = try await ScriptedOrigin.serving { request in
            ScriptedAnswer(302).with("Location", "http://127.0.0.1\(port)/")
        }
        let fetching = try await FetchingService()
        for url in [
            "http://127.0.0.1\(port)/", "http://a.example\(port)/", "http://[::1]\(port)/", "http://me:pw@a.example/",
        ] {
            let answer = try await fetching.fetch(url)
            #expect(answer.status == 422 && answer.text.contains("url") && !answer.text.contains("pw"))
        }
        #expect(try await fetching.fetch(origin.url).text.contains("invalid_url"))
        #expect(try await fetching.service.get("/healthz").status == 200)
    }

    @Test("An IPv6 address is fetched from, and guarded as any other")
    func longAddress() async throws {
        let origin = try await ScriptedOrigin.serving(host: "::1") { _ in .ok("here") }
        let fetching = try await FetchingService(["--allowed-addresses", "::1"])
        #expect(try await fetching.fetch("http://[0:0::1]:\(origin.port)/x").text == "here")
        #expect(origin.requests.last?["Host"] == "[::1]:\(origin.port)")
        for host in [
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::]", "[fe80::1]",
        ] {
            let answer = try await fetching.fetch("http://\(host):\(origin.port)/")
            #expect(answer.text.contains("blocked_address"), "\(host)")
        }
    }
}
