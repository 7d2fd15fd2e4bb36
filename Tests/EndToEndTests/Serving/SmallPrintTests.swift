import NIOCore
import ScriptedOrigin
import TestSupport
import Testing

@Suite("HTTP's small print", .servers, .timeLimit(.minutes(3)))
struct SmallPrintTests {
    private static let follower = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("holds for every request, on every server", arguments: ServerKind.allCases, RequestCase.all)
    func requests(kind: ServerKind, request: RequestCase) async throws {
        let servers = try Servers.here
        try await RawConnection.open(port: servers.port(of: kind)) { connection in
            // A reset may come while it is written.
            try? await connection.send(request.bytes)
            let response = try #require(await connection.response())
            #expect(request.statuses.contains(response.status), "\(response)")
            if let problem = request.problem {
                #expect(response.problem == problem, "\(response)")
                #expect(response.isComplete, "\(response)")
            }
            #expect(response.isLast == request.closes, "\(response)")
            if request.closes {
                let rest = await connection.rest()
                #expect(rest.readableBytes == 0, "\(String(buffer: rest))")
            } else {
                try await connection.send(Self.follower)
                let next = try #require(await connection.response())
                #expect([200, 404].contains(next.status), "\(next)")
            }
        }
        let errors = servers.process(of: kind).output.filter { $0.contains(#""level":"error""#) }
        #expect(errors.isEmpty)
    }

    @Test("answers what came before a request that is none, and then that", arguments: ServerKind.allCases)
    func pipelined(kind: ServerKind) async throws {
        try await RawConnection.open(port: Servers.here.port(of: kind)) { connection in
            try await connection.send(Self.follower + Self.follower + "nonsense\r\n\r\n" + Self.follower)
            for status in [200, 200] {
                let response = try #require(await connection.response())
                #expect(status == response.status || response.status == 404 && !response.isLast, "\(response)")
            }
            let refusal = try #require(await connection.response())
            #expect(refusal.status == 400 && refusal.isLast, "\(refusal)")
            #expect(await connection.rest().readableBytes == 0)
        }
    }

    @Test("has a body for no refusal of HEAD", arguments: ServerKind.allCases)
    func head(kind: ServerKind) async throws {
        try await RawConnection.open(port: Servers.here.port(of: kind)) { connection in
            try await connection.send("HEAD / HTTP/1.1\r\n\r\n")
            let response = try #require(await connection.response(hasBody: false))
            #expect(response.status == 400, "\(response)")
            #expect(await connection.rest().readableBytes == 0)
        }
    }

    private static let brokenBodies = [
        "x\r\n", "3\r\nabcd\r\n", "3\r\nabc0\r\n\r\n", "-1\r\n", "fffffffffffffffff\r\n", "0x3\r\nabc\r\n",
        "3 \r\nabc\r\n0\r\nX\r\n\r\n",
    ]

    /// Where a body is read it is the request's fault, not the server's.
    @Test("calls broken chunks malformed, and no defect", arguments: ServerKind.allCases, brokenBodies)
    func chunks(kind: ServerKind, body: String) async throws {
        let servers = try Servers.here
        try await RawConnection.open(port: servers.port(of: kind)) { connection in
            try await connection.send(
                "POST /v1/tokens/acquire HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
            let response = try #require(await connection.response())
            #expect(response.status == 400 && response.problem == "malformed_request", "\(response)")
            #expect(response.isLast, "\(response)")
            #expect(await connection.rest().readableBytes == 0)
        }
        #expect(!servers.process(of: kind).output.contains { $0.contains(#""level":"error""#) })
    }

    @Test(
        "takes a body that ends too early for no body", arguments: ServerKind.allCases,
        ["Content-Length: 99", "Transfer-Encoding: chunked"])
    func cutOff(kind: ServerKind, framing: String) async throws {
        let servers = try Servers.here
        let body = #"{"host":"cut.example","role":"artifact","hold":false}"#
        let text = framing.hasPrefix("T") ? "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n" : body
        try await RawConnection.open(port: servers.port(of: kind)) { connection in
            try await connection.send("POST /v1/tokens/acquire HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n\(text)")
            try await connection.closeOutput()
            let response = await connection.response()
            #expect(response == nil || response?.status == 400, "\(String(describing: response))")
        }
        #expect(servers.origin.requests.allSatisfy { $0.body != ByteBuffer(string: body) })
    }

    @Test("answers Expect at once, and the body then", arguments: ServerKind.allCases)
    func expectation(kind: ServerKind) async throws {
        try await RawConnection.open(port: Servers.here.port(of: kind)) { connection in
            let body = #"{"host":"a.example","role":"artifact","hold":false}"#
            for _ in 1...2 {
                try await connection.send(
                    """
                    POST /v1/tokens/acquire HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\
                    Content-Length: \(body.utf8.count)\r\n\r\n
                    """)
                let interim = try #require(await connection.head())
                #expect(interim.status == 100 && interim.fields.isEmpty, "\(interim)")
                try await connection.send(body)
                let response = try #require(await connection.response())
                #expect(response.status == (kind == .service ? 200 : 404) && !response.isLast, "\(response)")
            }
        }
    }

    @Test("wants no body of what is refused without it", arguments: ["/v1/none", "/healthz"])
    func refusedUnread(path: String) async throws {
        try await RawConnection.open(port: Servers.here.port(of: .service)) { connection in
            try await connection.send(
                "POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            let response = try #require(await connection.head())
            #expect([404, 405].contains(response.status) && response.isLast, "\(response)")
            _ = await connection.rest()
        }
    }

    @Test("announces a length that is too large no further than its head")
    func tooLarge() async throws {
        try await RawConnection.open(port: Servers.here.port(of: .service)) { connection in
            try await connection.send(
                "POST /v1/jobs HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
            let response = try #require(await connection.response())
            #expect(response.status == 413 && response.problem == "payload_too_large", "\(response)")
            #expect(response.isLast, "\(response)")
        }
    }

    @Test("tells HTTP/1.0 no interim response, and sends it no chunks", arguments: ServerKind.allCases)
    func old(kind: ServerKind) async throws {
        try await RawConnection.open(port: Servers.here.port(of: kind)) { connection in
            try await connection.send(
                "POST /v1/tokens/acquire HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}")
            let response = try #require(await connection.head())
            #expect(response.line.hasPrefix("HTTP/1.0 4"), "\(response)")
            #expect(response["transfer-encoding"] == nil && response.isLast, "\(response)")
            _ = await connection.rest()
        }
    }
}
