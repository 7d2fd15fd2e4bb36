import Foundation
import NIOHTTP1
import TestSupport

/// Instances of the service that share limits through a database.
enum SharedBackend {
    static let acquire = #"{"host":"a.example","role":"artifact","hold":false,"max_wait_ms":0}"#

    /// An instance with a data folder of its own.
    static func instance(
        _ backend: [String: String], in folder: TemporaryFolder, limits: String = "{ rates: [3/MINUTE] }",
        more: String = ""
    ) async throws -> Service {
        let name = UUID().uuidString
        let document = folder.url.appending(path: "\(name).yaml")
        try Data("version: 1\ndefaults:\n  artifact: \(limits)\n\(more)\n".utf8).write(to: document)
        let process = try RunningProcess(
            "weir",
            [
                "serve", "--port", "0", "--data", folder.url.appending(path: name).path(), "--rate-config",
                document.path(),
            ], environment: backend)
        return Service(
            process: process, url: try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#))
    }

    /// - Parameter body: gets the variables that name the backend.
    static func with(
        _ kind: String, _ body: ([String: String], TemporaryFolder, RedisServer?) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let redis = kind == "redis" ? try await RedisServer() : nil
        let postgres = kind == "postgres" ? try await PostgresServer() : nil
        defer { withExtendedLifetime(postgres) {} }
        let address = redis?.url ?? postgres?.url ?? folder.url.appending(path: "shared.sqlite").path()
        try await body(["DOCSTOKG_RLIMIT_BACKEND": kind, "WEIR_BACKEND_DSN": address], folder, redis)
    }
}
