import Foundation
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import ControlPlane

/// Whoever changes limits, and asks for tokens, in these tests.
struct LimitsClient: Sendable {
    let client: any TestClientProtocol

    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let version: Int?
        let body: JSONTree

        subscript(_ keys: String...) -> JSONTree? {
            keys.reduce(body) { $0?[$1] }
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        let answer = try await client.executeRequest(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        let tag = answer.headers[.eTag].flatMap { Int($0.dropFirst().dropLast()) }
        return Answer(status: answer.status, version: tag, body: try Content.json(String(buffer: answer.body)))
    }

    @discardableResult
    func patch(_ body: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.patch, "/v1/limits", body, headers: headers)
    }

    func limits() async throws -> Answer { try await send(.get, "/v1/limits") }

    /// Asks for one unit of `a.example metadata`, without waiting.
    func acquire(_ more: String = "") async throws -> Answer {
        try await send(
            .post, "/v1/tokens/acquire",
            #"{"host":"a.example","role":"metadata","max_wait_ms":0,"hold":false\#(more)}"#)
    }

    /// The value in force, with its origin, of `a.example metadata`.
    func effective(_ key: String) async throws -> (value: JSONTree?, origin: String?) {
        let answer = try await send(.get, "/v1/limits/effective?host=a.example&role=metadata")
        return (answer["policy", key, "value"], answer["policy", key, "origin"]?.string)
    }
}
