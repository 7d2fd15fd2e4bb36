import Foundation
import Hummingbird
import Logging
import NIOFoundationEssentialsCompat
import RateLimiting

/// `/v1/limits`: what is in force, and how to change it while the service runs.
struct LimitsController: Sendable {
    let limits: any LimitBackend

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/v1/limits") { _, _ in try await show() }
        routes.on(.put, "/v1/limits") { request, context in try await replace(request, context) }
    }

    private func show() async throws -> Response {
        try Self.response(await limits.table())
    }

    private func replace(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let expected = try Self.expectedVersion(request)
        let body = try await request.bodyBytes()
        let document: LimitsDocument
        switch request.headers[.contentType]?.prefix(while: { $0 != ";" }).lowercased() {
        case nil, "application/json":
            document = try LimitsDocument(json: Data(buffer: body))
        case "application/yaml", "application/x-yaml", "text/yaml":
            document = try LimitsDocument(yaml: String(buffer: body))
        case let other?:
            throw Problem(.unsupportedMediaType, "limits are application/json or application/yaml, not \(other)")
        }
        guard let table = await limits.apply(document, ifVersion: expected) else {
            throw Problem(.versionMismatch, "the limits are not at version \(expected ?? 0) any more; read them again")
        }
        context.logger.notice("limits changed", metadata: ["stage": "limits", "version": "\(table.version)"])
        return try Self.response(table)
    }

    private static func response(_ table: LimitTable) throws -> Response {
        try .json(table.document.json, headers: [.eTag: "\"\(table.version)\""])
    }

    private static func expectedVersion(_ request: Request) throws -> Int? {
        guard let text = request.headers[.ifMatch], text != "*" else { return nil }
        guard text.hasPrefix("\""), text.hasSuffix("\""), let version = Int(text.dropFirst().dropLast()) else {
            throw Problem(.versionMismatch, "If-Match must be the ETag of GET /v1/limits, such as \"1\", not \(text)")
        }
        return version
    }
}
