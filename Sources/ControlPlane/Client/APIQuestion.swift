import Foundation
package import Harvesting
import NIOHTTP1

/// A request to a running service.
package struct APIQuestion: Sendable {
    let method: HTTPMethod
    let path: String
    var headers: [(String, String)] = []
    var body: Data?

    private static func json(
        _ method: HTTPMethod, _ path: String, _ fields: [String: JSONValue?], type: String = "application/json",
        ifVersion: Int? = nil
    ) -> APIQuestion {
        APIQuestion(
            method: method, path: path, headers: [("Content-Type", type)] + match(ifVersion),
            body: try? JSON.encoder.encode(fields.compactMapValues(\.self)))
    }

    private static func match(_ version: Int?) -> [(String, String)] {
        version.map { [("If-Match", "\"\($0)\"")] } ?? []
    }

    private static func get(_ path: String, _ query: [(String, String?)] = []) -> APIQuestion {
        var parts = URLComponents()
        parts.queryItems = query.filter { $0.1 != nil }.map { URLQueryItem(name: $0.0, value: $0.1) }
        let text = parts.percentEncodedQuery ?? ""
        return APIQuestion(method: .GET, path: text.isEmpty ? path : "\(path)?\(text)")
    }

    package static let limits = get("/v1/limits")
    package static let overlay = get("/v1/limits/overlay")

    package static func policy(host: String, role: String) -> APIQuestion {
        get("/v1/limits/effective", [("host", host), ("role", role)])
    }

    package static func versions(limit: Int) -> APIQuestion {
        get("/v1/limits/versions", [("limit", "\(limit)")])
    }

    package static func rollback(to version: Int) -> APIQuestion {
        json(.POST, "/v1/limits/rollback", ["version": .int(version)])
    }

    /// - Parameter values: as `PATH=VALUE`.
    /// - Throws: ``DocumentProblems`` that name the texts.
    package static func changeLimits(_ values: [String], ifVersion: Int?, dryRun: Bool) throws -> APIQuestion {
        json(
            dryRun ? .POST : .PATCH, dryRun ? "/v1/limits/validate" : "/v1/limits", try LimitsCoding.patch(values),
            type: "application/merge-patch+json", ifVersion: ifVersion)
    }

    /// - Throws: what reading the file throws.
    package static func replaceLimits(file: String, ifVersion: Int?, dryRun: Bool) throws -> APIQuestion {
        // JSON documents are read as YAML too, so the file's name need not tell.
        APIQuestion(
            method: dryRun ? .POST : .PUT, path: dryRun ? "/v1/limits/validate" : "/v1/limits",
            headers: [("Content-Type", "application/yaml")] + match(ifVersion),
            body: try Data(contentsOf: URL(filePath: file)))
    }

    package static func acquire(
        host: String, role: String, weight: Int, maxWaitMilliseconds: Int?, hold: Bool, leaseTTLMilliseconds: Int?,
        client: String?
    ) -> APIQuestion {
        json(
            .POST, "/v1/tokens/acquire",
            [
                "host": .string(host), "role": .string(role), "weight": .int(weight), "hold": .bool(hold),
                "max_wait_ms": maxWaitMilliseconds.map(JSONValue.int),
                "lease_ttl_ms": leaseTTLMilliseconds.map(JSONValue.int), "client": client.map(JSONValue.string),
            ])
    }

    package static func release(_ lease: String, unused: Bool, status: Int?) -> APIQuestion {
        json(
            .POST, "/v1/tokens/release",
            [
                "lease": .string(lease), "unused": .bool(unused),
                "outcome": status.map { .object(["status": .int($0)]) },
            ])
    }

    package static func submit(_ request: JobRequest, idempotencyKey: String?) throws -> APIQuestion {
        APIQuestion(
            method: .POST, path: "/v1/jobs",
            headers: [("Content-Type", "application/json")] + (idempotencyKey.map { [("Idempotency-Key", $0)] } ?? []),
            body: try JSON.encoder.encode(request))
    }

    package static func jobs(state: String?, limit: Int) -> APIQuestion {
        get("/v1/jobs", [("state", state), ("limit", "\(limit)")])
    }

    package static func job(_ id: String) -> APIQuestion { get("/v1/jobs/\(encoded(id))") }

    package static func job(_ id: String, _ action: JobAction) -> APIQuestion {
        action == .delete
            ? APIQuestion(method: .DELETE, path: "/v1/jobs/\(encoded(id))")
            : APIQuestion(method: .POST, path: "/v1/jobs/\(encoded(id))/\(action.rawValue)")
    }

    private static func encoded(_ id: String) -> String {
        id.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-"])) ?? ""
    }

    package static func usage(host: String?, role: String?) -> APIQuestion {
        get("/v1/usage", [("host", host), ("role", role)])
    }
}
