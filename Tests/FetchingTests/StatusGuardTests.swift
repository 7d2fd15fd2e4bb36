import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP1
import NIOHTTP2
import Testing

@testable import Fetching

@Suite("Statuses of HTTP/2 responses") struct StatusGuardTests {
    /// What a client reads of a response with this status.
    private func read(_ status: String) async throws -> HTTPClientResponsePart? {
        let channel = NIOAsyncTestingChannel()
        defer { channel.close(promise: nil) }
        try await channel.pipeline.addHandler(HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .https))
        try await channel.testingEventLoop.executeInContext { try StatusGuard.install(in: channel) }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "a.example"])
        try await channel.writeAndFlush(HTTPClientRequestPart.head(head))
        let headers = HPACKHeaders([(":status", status)])
        let frame = HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: true))
        let state = try await channel.writeInbound(frame)
        withExtendedLifetime(state) {}
        return try await channel.readInbound()
    }

    @Test("Three digits are read")
    func digits() async throws {
        guard case .head(let head) = try await read("204") else { return #expect(Bool(false)) }
        #expect(head.status == .noContent)
    }

    @Test(
        "All else is refused", arguments: ["-1", "-99", "1000", "99999999999999999999", "20", "2 0", "0x2", "", "+20"])
    func others(_ status: String) async throws {
        let error = await #expect(throws: FetchError.self) { try await read(status) }
        #expect(error?.reason == "undecodable")
    }
}
