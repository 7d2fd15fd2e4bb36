import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RateLimiting
import TestSupport
import Testing

@testable import ControlPlane

@Suite("A full table of keys, over REST") struct FullKeyTableRouteTests {
    @Test("tells strangers when there is room, and lets in whom the limits name")
    func route() async throws {
        let patch = PolicyPatch(rates: [try Rate(parsing: "1/MINUTE")], maxDelayMilliseconds: 0)
        let document = LimitsDocument(
            defaults: ["metadata": patch], hosts: ["named.example": ["metadata": PolicyPatch()]])
        let clock = ManualClock()
        let limits = MemoryBackend(
            table: LimitTable(version: 1, document: document), clock: clock, wallClock: Timestamp(microseconds: 0),
            maxKeys: 2)
        try await limits.serve { client in
            func acquire(_ host: String) async throws -> TestResponse {
                try await client.executeRequest(
                    uri: "/v1/tokens/acquire", method: .post, headers: [:],
                    body: ByteBuffer(string: #"{"host":"\#(host)","role":"metadata","hold":false}"#))
            }
            #expect(try await acquire("a.example").status == .ok)
            clock.advance(by: .milliseconds(1500))
            #expect(try await acquire("b.example").status == .ok)
            let denied = try await acquire("c.example")
            #expect(denied.status == .tooManyRequests)
            #expect(denied.headers[.retryAfter] == "59")
            #expect(String(buffer: denied.body).contains(#""retry_after_ms":58500"#))
            #expect(String(buffer: denied.body).contains("max_keys 2"))
            #expect(try await acquire("named.example").status == .ok)
            clock.advance(by: .milliseconds(58_500))
            // One goes, but the named host is there in addition.
            #expect(try await acquire("c.example").headers[.retryAfter] == "2")
            clock.advance(by: .milliseconds(1500))
            #expect(try await acquire("c.example").status == .ok)
        }
    }
}
