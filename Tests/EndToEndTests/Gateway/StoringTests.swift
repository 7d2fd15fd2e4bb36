import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 3: what is stored", .site, .timeLimit(.minutes(2)))
struct StoringTests {
    private static let year = 31_536_000

    static let controls: [ReuseCase] = [
        .init(.reused, "fresh", ["Cache-Control": "max-age=6000"]),
        .init(.reused, "public and fresh", ["Cache-Control": "public, max-age=6000"]),
        .init(.reused, "two lines of directives", ["Cache-Control": "public", "cache-control": "max-age=6000"]),
        .init(.reused, "unknown directives", ["Cache-Control": "x-new=1, max-age=6000, x-newer"]),
        .init(
            .reused, "directives quoted inside of another", ["Cache-Control": #"x="no-store, private", max-age=6000"#]),
        .init(.fetched, "no-store", ["Cache-Control": "no-store"]),
        .init(.fetched, "no-store although fresh", ["Cache-Control": "max-age=6000, no-store"]),
        .init(.fetched, "no-store in odd letters", ["Cache-Control": "max-age=6000, nO-StOrE"]),
        .init(
            .fetched, "no-store on a line of its own", ["Cache-Control": "max-age=6000", "cache-control": "no-store"]),
        .init(.fetched, "private", ["Cache-Control": "private"]),
        .init(.fetched, "private although fresh", ["Cache-Control": "private, max-age=6000"]),
        .init(.fetched, "private although s-maxage", ["Cache-Control": "private, s-maxage=6000"]),
        .init(.fetched, "nothing said about freshness", [:]),
        .init(
            .fetched, "no-store in the request", ["Cache-Control": "max-age=6000"],
            first: ["Cache-Control": "no-store"]),
        .init(.reused, "must-understand with a status that is known", ["Cache-Control": mustUnderstand]),
        .init(
            .fetched, "must-understand with a status that is not", ["Cache-Control": mustUnderstand], status: 599),
        .init(
            .fetched, "must-understand alone with a status that is not known",
            ["Cache-Control": "max-age=6000, must-understand"], status: 599),
    ]
    private static let mustUnderstand = "max-age=6000, no-store, must-understand"

    @Test("directives decide whether an answer is stored", arguments: controls)
    func directives(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    static let authorized: [ReuseCase] =
        ["public, max-age=6000", "s-maxage=6000", "max-age=6000, must-revalidate"].map {
            .init(.reused, $0, ["Cache-Control": $0], first: secret, then: secret)
        } + [
            .init(.fetched, "max-age alone", ["Cache-Control": "max-age=6000"], first: secret, then: secret),
            .init(.fetched, "max-age alone, for others", ["Cache-Control": "max-age=6000"], first: secret),
            .init(.fetched, "Expires alone", ["Expires": httpDate(6_000)], first: secret),
            .init(.fetched, "heuristic freshness alone", ["Last-Modified": httpDate(-year)], first: secret),
            .init(.fetched, "private", ["Cache-Control": "private, max-age=6000"], first: secret, then: secret),
        ]
    private static let secret: KeyValuePairs = ["Authorization": "Basic d2VpcjpkYW0="]

    /// Section 3.5.
    @Test("answers to requests with Authorization are shared only with permission", arguments: authorized)
    func authorization(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    /// RFC 9110, section 15.1, but for 206.
    static let cacheable = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]
    static let others = [201, 202, 302, 303, 307, 400, 403, 409, 418, 500, 502, 503, 599]

    static let statuses: [ReuseCase] =
        cacheable.flatMap { status -> [ReuseCase] in
            [
                .init(.reused, "\(status) with max-age", ["Cache-Control": "max-age=6000"], status: status),
                .init(
                    .reused, "\(status) and long unchanged", ["Last-Modified": httpDate(-year)], status: status),
                .init(.fetched, "\(status) with max-age=0", ["Cache-Control": "max-age=0"], status: status),
                .init(.fetched, "\(status) with no-store", ["Cache-Control": "no-store"], status: status),
            ]
        }
        + others.flatMap { status -> [ReuseCase] in
            [
                .init(.either, "\(status) with max-age", ["Cache-Control": "max-age=6000"], status: status),
                .init(
                    .fetched, "\(status) and long unchanged", ["Last-Modified": httpDate(-year)], status: status),
                .init(.fetched, "\(status) with no-store", ["Cache-Control": "no-store"], status: status),
            ]
        }

    @Test("the status decides whether freshness is needed in so many words", arguments: statuses)
    func status(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    static let methods: [ReuseCase] = [.POST, .PUT, .PATCH, .DELETE, .OPTIONS, .PROPPATCH].map {
        .init(.fetched, "\($0)", ["Cache-Control": "max-age=6000"], method: $0)
    }

    @Test("answers to other methods are not stored for GET", arguments: methods)
    func method(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    private static func post(_ headers: KeyValuePairs<String, String>, at place: String = "") throws -> Resource {
        try Site.here.resource { request, _ in
            guard request.method == .POST else { return .ok("get", ["Cache-Control": "max-age=6000"]) }
            var answer = ScriptedAnswer.ok("post", headers)
            if place != "none" { answer = answer.with("Content-Location", request.path + place) }
            return answer
        }
    }

    /// RFC 9110, section 9.3.3.
    @Test("an answer to POST that is the content of its URL answers GET and HEAD, but no POST")
    func contentOfPost() async throws {
        let resource = try Self.post(["Cache-Control": "max-age=6000"])
        _ = try await resource.get()
        for _ in 0..<2 {
            let reply = try await resource.send(.POST, body: .bytes(.init(string: "x")))
            #expect(reply.text == "post" && reply.forwarded.count == 1, "\(reply)")
        }
        let next = try await resource.get()
        #expect(next.text == "post" && next.forwarded.isEmpty, "\(next)")
        #expect(try await resource.send(.HEAD).forwarded.isEmpty)
        let change = try await resource.send(.PUT, body: .bytes(.init(string: "x")))
        #expect(change.forwarded.count == 1)
        #expect(try await resource.get().text == "get")
    }

    @Test(
        "other answers to POST answer nothing else",
        arguments: [("max-age=6000", "none"), ("max-age=6000", "?x"), ("public", ""), ("max-age=6000, no-store", "")])
    func otherPosts(control: String, place: String) async throws {
        let resource = try Self.post(["Cache-Control": control, "ETag": "\"1\""], at: place)
        _ = try await resource.send(.POST, body: .bytes(.init(string: "x")))
        #expect(try await resource.get().text == "get")
    }

    /// Section 2: the URI is the key, with its query.
    @Test("queries tell resources apart")
    func queries() async throws {
        let resource = try Site.here.resource { request, _ in .ok(request.target, ["Cache-Control": "max-age=6000"]) }
        for query in ["?a=1", "?a=2", "?A=1", ""] {
            let first = try await resource.get(query: query)
            #expect(first.text == resource.path + query, "\(first)")
        }
        for query in ["?a=1", "?a=2", "?A=1", ""] {
            let next = try await resource.get(query: query)
            #expect(next.text == resource.path + query && next.forwarded.isEmpty, "\(next)")
        }
    }

    /// Section 3.3.
    @Test("an answer that was cut off is never taken for a whole one")
    func incomplete() async throws {
        let site = try Site.here
        let fields: KeyValuePairs = ["Cache-Control": "max-age=6000"]
        let head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=6000\r\nTransfer-Encoding: chunked\r\n\r\n"
        let cuts: [ScriptedAnswer] = [
            .ok("0123456789", fields).delivered(.cut(after: 5)), .raw(head + "5\r\n01234\r\n"),
        ]
        for cut in cuts {
            let resource = site.resource(cut, .ok("0123456789", fields))
            let first = try? await resource.get()
            #expect(first?.status != 200, "\(String(describing: first))")
            let next = try await resource.get()
            #expect(next.text == "0123456789" && next.forwarded.count == 1, "\(next)")
            let last = try await resource.get()
            #expect(last.text == "0123456789" && last.forwarded.isEmpty, "\(last)")
        }
    }
}
