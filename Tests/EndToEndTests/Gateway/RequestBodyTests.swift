import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("GET and HEAD with a body", .site, .timeLimit(.minutes(2)))
struct RequestBodyTests {
    /// Answers with what it was sent.
    private static func resource() throws -> Resource {
        try Site.here.resource { request, _ in
            .ok(String(buffer: request.body), ["Cache-Control": "max-age=6000"])
        }
    }

    @Test("are passed on, not stored, and not answered from what is stored")
    func bypass() async throws {
        let resource = try Self.resource()
        for text in ["one", "two"] {
            let reply = try await resource.send(.GET, body: .bytes(.init(string: text)))
            #expect(reply.text == text && reply.forwarded.count == 1, "\(reply)")
            #expect(reply.cacheStatus?.forward == "bypass" && reply.cacheStatus?.isStored == false, "\(reply)")
        }
        let plain = try await resource.get()
        #expect(plain.text == "" && plain.forwarded.count == 1, "\(plain)")
        let reply = try await resource.send(.GET, body: .bytes(.init(string: "three")))
        #expect(reply.text == "three", "\(reply)")
        let head = try await resource.send(.HEAD, body: .bytes(.init(string: "four")))
        #expect(head.forwarded.count == 1 && head["Content-Length"] == "4", "\(head)")
        #expect(try await resource.get().forwarded.isEmpty)
    }

    @Test("wait for nobody, and nobody waits for them")
    func collapsing() async throws {
        let gate = Gate()
        defer { gate.open() }
        let resource = try Site.here.resource { request, _ in
            try await gate.wait()
            return .ok(String(buffer: request.body), ["Cache-Control": "max-age=6000"])
        }
        async let replies = withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<10 {
                group.addTask {
                    let reply = try await resource.send(.GET, body: .bytes(.init(string: "\(number)")))
                    return ["\(number)", reply.text]
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        _ = try await resource.site.origin.requests(to: resource.path, atLeast: 10)
        gate.open()
        for pair in try await replies { #expect(pair[0] == pair[1]) }
    }
}
