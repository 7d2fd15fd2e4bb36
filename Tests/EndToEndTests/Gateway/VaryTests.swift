import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 4.1: Vary", .site, .timeLimit(.minutes(2)))
struct VaryTests {
    private static func fields(_ vary: String) -> KeyValuePairs<String, String> {
        ["Cache-Control": "max-age=6000", "Vary": vary]
    }

    static let cases: [ReuseCase] = [
        .init(.reused, "the same value", fields("X-A"), first: ["X-A": "1"], then: ["X-A": "1"]),
        .init(.fetched, "another value", fields("X-A"), first: ["X-A": "1"], then: ["X-A": "2"]),
        .init(.fetched, "missing in the second request", fields("X-A"), first: ["X-A": "1"]),
        .init(.fetched, "missing in the first request", fields("X-A"), then: ["X-A": "1"]),
        .init(.reused, "missing in both", fields("X-A")),
        .init(.reused, "names in other letters", fields("x-a"), first: ["X-A": "1"], then: ["X-a": "1"]),
        .init(.reused, "fields that are not named", fields("X-A"), first: ["X-B": "1"], then: ["X-B": "2"]),
        .init(.fetched, "*", fields("*")),
        .init(.fetched, "* before a name", fields("*, X-A")),
        .init(.fetched, "* behind a name", fields("X-A, *")),
        .init(
            .fetched, "* on a second line", ["Cache-Control": "max-age=6000", "Vary": "X-A", "vary": "*"]),
        .init(.reused, "white space", fields("X-A"), first: ["X-A": "1,2"], then: ["X-A": " 1 , 2 "]),
        .init(.reused, "two lines", fields("X-A"), first: ["X-A": "1, 2"], then: ["X-A": "1", "x-a": "2"]),
        .init(.fetched, "another order", fields("X-A"), first: ["X-A": "1, 2"], then: ["X-A": "2, 1"]),
        .init(
            .reused, "two names that match", fields("X-A, X-B"), first: ["X-A": "1", "X-B": "2"],
            then: ["X-B": "2", "X-A": "1"]),
        .init(
            .fetched, "two names of which one matches", fields("X-A, X-B"), first: ["X-A": "1", "X-B": "2"],
            then: ["X-A": "1", "X-B": "3"]),
        .init(
            .fetched, "two lines of names", ["Cache-Control": "max-age=6000", "Vary": "X-A", "vary": "X-B"],
            first: ["X-B": "2"], then: ["X-B": "3"]),
        .init(
            .fetched, "Accept-Encoding", fields("Accept-Encoding"), first: ["Accept-Encoding": "gzip"],
            then: ["Accept-Encoding": "identity"]),
        .init(
            .reused, "languages in another order, other letters and with white space", fields("Accept-Language"),
            first: ["Accept-Language": "en, de;q=0.5"], then: ["Accept-Language": "DE ; q=0.50,  en;q=1.0"]),
        .init(
            .fetched, "a language with another weight", fields("Accept-Language"),
            first: ["Accept-Language": "en, de;q=0.5"], then: ["Accept-Language": "en, de;q=0.6"]),
        .init(
            .reused, "codings in another order", fields("Accept-Encoding"), first: ["Accept-Encoding": "gzip, br"],
            then: ["Accept-Encoding": "br,GZIP"]),
        .init(
            .reused, "media types in another order", fields("Accept"), first: ["Accept": "text/html, */*;q=0.1"],
            then: ["Accept": "*/*;q=0.1, Text/html"]),
    ]

    @Test("a stored answer fits requests that agree in the named fields", arguments: cases)
    func vary(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("variants are kept beside each other")
    func variants() async throws {
        let resource = try Site.here.resource { request, _ in
            .ok(
                request["Accept-Language"] ?? "none", ["Cache-Control": "max-age=6000", "Vary": "Accept-Language"])
        }
        for language in ["en", "de", "fr"] {
            let reply = try await resource.get(["Accept-Language": language])
            #expect(reply.text == language && reply.forwarded.count == 1, "\(reply)")
        }
        let none = try await resource.get()
        #expect(none.text == "none" && none.forwarded.count == 1, "\(none)")
        for language in ["de", "fr", "en", "de"] {
            let reply = try await resource.get(["Accept-Language": language])
            #expect(reply.text == language && reply.forwarded.isEmpty, "\(reply)")
        }
    }

    @Test("each variant is validated with its own tag")
    func validation() async throws {
        let resource = try Site.here.resource { request, number in
            let tag = "\"\(request["X-A"] ?? "none")\""
            let fields: KeyValuePairs = [
                "Cache-Control": "max-age=\(number > 2 ? 6_000 : 0)", "Vary": "X-A", "ETag": tag,
            ]
            let isKnown = request["If-None-Match"]?.contains(tag) == true
            return isKnown ? ScriptedAnswer(304, "", fields) : .ok(tag, fields)
        }
        for value in ["1", "2", "1", "2", "1", "2"] {
            let reply = try await resource.get(["X-A": value])
            #expect(reply.status == 200 && reply.text == "\"\(value)\"", "\(reply)")
        }
        #expect(resource.asked.count == 4, "\(resource.asked)")
    }
}
