import NIOCore
import ScriptedOrigin
import TestSupport
import Testing

/// Origins that answer, or close, before an upload has ended.
@Suite("an early answer to an upload", .timeLimit(.minutes(3)))
struct EarlyAnswerTests {
    /// What an origin does once it has read a part of an upload.
    enum Behaviour: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case refuses, refusesAndCloses, refusesAndReads, refusesWithoutLength, accepts, acceptsAndCloses,
            acceptsAndReads
        case closes, resets, halfCloses, isNoHTTP, breaksOff

        var testDescription: String { rawValue }

        /// Whether a client can get a whole response.
        var isAnswer: Bool {
            switch self {
            case .closes, .resets, .halfCloses, .isNoHTTP, .breaksOff: false
            default: true
            }
        }

        func act(on connection: inout RawConnection) async throws {
            let refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n"
            let acceptance = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
            switch self {
            case .refuses: try await connection.send("\(refusal)\r\nmuch")
            case .refusesAndCloses: return try await connection.send("\(refusal)Connection: close\r\n\r\nmuch")
            case .refusesAndReads:
                try await connection.send("\(refusal)\r\nmuch")
                _ = await connection.rest()
            case .refusesWithoutLength:
                try await connection.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\nmuch")
                return try await connection.closeOutput()
            case .accepts: try await connection.send("\(acceptance)\r\nfine")
            case .acceptsAndCloses: return try await connection.send("\(acceptance)Connection: close\r\n\r\nfine")
            case .acceptsAndReads:
                try await connection.send("\(acceptance)\r\nfine")
                _ = await connection.rest()
            case .closes: return
            case .resets: return try await connection.reset()
            case .halfCloses: try await connection.closeOutput()
            case .isNoHTTP: return try await connection.send("a dam\r\n\r\n")
            case .breaksOff: return try await connection.send("\(acceptance)\r\nfi")
            }
            // Open, and not read any more, for as long as the gateway likes.
            while await connection.more() {}
        }
    }

    /// What a client does that uploads.
    enum Client: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case sends, sendsChunks, expects, halfCloses, vanishes, resets, readsSlowly, pipelines, sendsBrokenChunks

        var testDescription: String { rawValue }
    }

    private static let size = 5_000_000
    private static let patience = 64_000

    @Test("leaves the gateway as it was", arguments: Behaviour.allCases)
    func uploads(behaviour: Behaviour) async throws {
        let origin = try await RawOrigin.serving { connection in
            while let request = await connection.head() {
                if request.target == "/plain" {
                    try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain")
                    continue
                }
                var taken = 0
                while taken < Self.patience {
                    let piece = await connection.read(atMost: Self.patience)
                    guard piece.readableBytes > 0 else { break }
                    taken += piece.readableBytes
                }
                return try await behaviour.act(on: &connection)
            }
        }
        let limits = "defaults: { metadata: { rates: [100000/SECOND], max_concurrent: 1, max_delay_ms: 60000 } }"
        let gateway = try await GatewayProcess(origin: origin.url, limits: limits)
        let sockets = try gateway.process.openSockets()
        for client in Client.allCases {
            if let response = try await upload(as: client, to: gateway), response.isComplete,
                ![400, 502].contains(response.status)
            {
                #expect(behaviour.isAnswer, "\(client): \(response)")
                #expect(["much", "fine"].contains(String(buffer: response.body)), "\(client): \(response)")
            }
            // With a lease left behind, the one at a time that is allowed would be taken.
            try await RawConnection.open(port: gateway.port) { connection in
                try await connection.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try #require(await connection.response(), "\(client)")
                #expect(response.status == 200 && String(buffer: response.body) == "plain", "\(client): \(response)")
            }
        }
        await origin.stop()
        while try gateway.process.openSockets() > sockets { await Task.yield() }
    }

    /// The response, as far as it came.
    private func upload(as client: Client, to gateway: GatewayProcess) async throws -> RawMessage? {
        try await RawConnection.open(port: gateway.port) { connection in
            let isChunked = client == .sendsChunks || client == .sendsBrokenChunks
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(Self.size)"
            let expectation = client == .expects ? "Expect: 100-continue\r\n" : ""
            try await connection.send("POST /upload HTTP/1.1\r\nHost: a\r\n\(expectation)\(framing)\r\n\r\n")
            if client == .expects, await connection.head()?.status != 100 { return nil }
            let end =
                [.vanishes, .resets, .halfCloses, .sendsBrokenChunks].contains(client) ? Self.size / 10 : Self.size
            // A server that has closed its end may reset what it is still sent.
            do {
                for offset in stride(from: 0, to: end, by: GeneratedBytes.largestPiece) {
                    let piece = GeneratedBytes.piece(at: offset, upTo: end)
                    if isChunked { try await connection.send("\(String(piece.readableBytes, radix: 16))\r\n") }
                    try await connection.send(piece)
                    if isChunked { try await connection.send("\r\n") }
                }
                switch client {
                case .sendsChunks: try await connection.send("0\r\n\r\n")
                case .sendsBrokenChunks: try await connection.send("xyz\r\n")
                case .halfCloses: try await connection.closeOutput()
                case .pipelines: try await connection.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n")
                case .resets:
                    try await connection.reset()
                    return nil
                case .vanishes: return nil
                case .readsSlowly: for _ in 1...1_000 { await Task.yield() }
                case .sends, .expects: break
                }
            } catch {}
            return await connection.response()
        }
    }

    /// The bytes that nobody reads must not cost the client its response.
    @Test("reaches a client that sends all before it reads", arguments: [1_000_000, 5_000_000])
    func reachesSender(size: Int) async throws {
        let origin = try await RawOrigin.serving { connection in
            guard await connection.head() != nil else { return }
            _ = await connection.read(exactly: Self.patience)
            try await connection.send(
                "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch")
            _ = await connection.rest()
        }
        let gateway = try await GatewayProcess(origin: origin.url)
        for _ in 1...20 {
            try await RawConnection.open(port: gateway.port) { connection in
                try await connection.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                for offset in stride(from: 0, to: size, by: GeneratedBytes.largestPiece) {
                    try await connection.send(GeneratedBytes.piece(at: offset, upTo: size))
                }
                let response = try #require(await connection.response())
                #expect(response.status == 413 && String(buffer: response.body) == "much", "\(response)")
                // Unless the origin has taken all of it meanwhile.
                if response.isLast { #expect(await connection.rest().readableBytes == 0) }
            }
        }
    }
}
