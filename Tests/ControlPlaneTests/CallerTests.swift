import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import ControlPlane

@Suite("Callers")
struct CallerTests {
    private func caller(from: String?) throws -> Caller {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/")
        if let from { head.headerFields[try #require(HTTPField.Name("From"))] = from }
        return Caller(
            of: Request(head: head, body: RequestBody(buffer: ByteBuffer())),
            at: try SocketAddress(ipAddress: "192.0.2.1", port: 9))
    }

    @Test("are whom they say they are")
    func from() throws {
        #expect(try caller(from: "ops@example.org").name == "ops@example.org")
    }

    @Test("are their address otherwise", arguments: [nil, "", String(repeating: "x", count: 201)])
    func address(_ from: String?) throws {
        #expect(try caller(from: from).name == "192.0.2.1")
    }
}
