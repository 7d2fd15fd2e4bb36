import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ScriptedOrigin

/// A path of a site, seen from the client's side of the gateway.
struct Resource: Sendable {
    let site: Site
    let path: String
    var client = HTTPClient.few

    /// What the origin was asked for here so far.
    var asked: [RecordedRequest] { site.origin.requests(to: path) }

    func get(_ headers: KeyValuePairs<String, String> = [:], query: String = "") async throws -> Reply {
        try await send(.GET, headers, query: query)
    }

    func send(
        _ method: HTTPMethod, _ headers: KeyValuePairs<String, String> = [:], query: String = "",
        body: HTTPClientRequest.Body? = nil
    ) async throws -> Reply {
        let before = asked.count
        let response = try await open(method, headers, query: query, body: body)
        let bytes = try await response.body.collect(upTo: 256 << 20)
        return Reply(
            request: "\(method) \(path)\(query) \(headers)", status: Int(response.status.code),
            headers: response.headers, body: bytes, forwarded: Array(asked.dropFirst(before)))
    }

    /// The response without its body, for tests that read that themselves.
    func open(
        _ method: HTTPMethod = .GET, _ headers: KeyValuePairs<String, String> = [:], query: String = "",
        body: HTTPClientRequest.Body? = nil
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: site.gateway.url + path + query)
        request.method = method
        request.body = body
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await client.execute(request, timeout: .seconds(60))
    }
}
