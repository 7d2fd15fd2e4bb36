import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import RateLimiting
import TestSupport
import Testing

@testable import ControlPlane

@Suite("A lease whose client is gone before the response", .timeLimit(.minutes(5))) struct UndeliveredLeaseTests {
    private static let body = #"{"host":"a.example","role":"metadata"}"#

    private static func limits() -> MemoryBackend {
        let patch = PolicyPatch(rates: [])
        return MemoryBackend(
            table: LimitTable(version: 1, document: LimitsDocument(defaults: ["metadata": patch])),
            clock: ContinuousClock(), wallClock: Timestamp(microseconds: 0))
    }

    /// Opened once and for all; one task may wait for it.
    private struct Gate: Sendable {
        private let opened = AsyncStream.makeStream(of: Never.self)

        func open() { opened.continuation.finish() }

        func wait() async { for await _ in opened.stream {} }
    }

    /// Holds every response back until the gate opens, and tells when one is made.
    private struct Holding: RouterMiddleware {
        let made: Gate
        let gate: Gate

        func handle(
            _ request: Request, context: WeirRequestContext,
            next: @concurrent (Request, WeirRequestContext) async throws -> Response
        ) async throws -> Response {
            let response = try await next(request, context)
            made.open()
            await gate.wait()
            return response
        }
    }

    /// Serves the token routes on a real port, with every response held back.
    private static func serve(
        _ limits: MemoryBackend, _ path: String, _ body: String, fields: String = "",
        _ client: @Sendable (RawSocket, Gate) async throws -> Void
    ) async throws {
        let (made, gate) = (Gate(), Gate())
        let router = Router(context: WeirRequestContext.self)
        router.addMiddleware { Holding(made: made, gate: gate) }
        let routes = RouteTable(router: router)
        TokensController(limits: limits).addRoutes(to: routes)
        let application = Application(
            router: router, server: .api, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: .silent)
        try await application.test(.live) { server in
            let socket = try RawSocket(port: try #require(server.port))
            socket.send(
                """
                POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)
                """)
            await made.wait()
            try await client(socket, gate)
        }
    }

    private static func leases(_ limits: MemoryBackend) -> Int { limits.totals().inFlight }

    @Test(
        "is given back, alone or in a batch",
        arguments: [("/v1/tokens/acquire", body, 1), ("/v1/tokens/batch", #"{"requests":[\#(body),\#(body)]}"#, 2)])
    func reset(path: String, body: String, count: Int) async throws {
        let limits = Self.limits()
        try await Self.serve(limits, path, body) { socket, gate in
            #expect(Self.leases(limits) == count)
            socket.reset()
            gate.open()
            while Self.leases(limits) > 0 { await Task.yield() }
        }
    }

    @Test("stays, where the client may ask for it again under its key")
    func repeatable() async throws {
        let limits = Self.limits()
        try await Self.serve(limits, "/v1/tokens/acquire", Self.body, fields: "Idempotency-Key: k\r\n") {
            socket, gate in
            socket.reset()
            gate.open()
        }
        #expect(Self.leases(limits) == 1)
    }

    @Test("and one whose client got the response is held")
    func delivered() async throws {
        let limits = Self.limits()
        try await Self.serve(limits, "/v1/tokens/acquire", Self.body) { socket, gate in
            gate.open()
            #expect(socket.receive().hasPrefix("HTTP/1.1 200"))
            socket.reset()
        }
        #expect(Self.leases(limits) == 1)
    }
}

/// A client's socket, without anything that delays what it does.
private struct RawSocket: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    }

    func receive() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }

    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }
}
