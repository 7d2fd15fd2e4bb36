import Foundation
import LimitBackends
import RateLimiting
import TestSupport

/// A place where instances share limits, for one test.
struct SharedLimits: Sendable {
    /// One more connection to it.
    let log: @Sendable () async throws -> any LimitLog

    static var instance: Instance { Instance(name: UUID().uuidString, version: "0") }

    /// Patient, since the tests beside it leave databases little time.
    static func joining(_ log: any LimitLog, _ table: LimitTable) async throws -> ReplicatedBackend {
        try await ReplicatedBackend.joining(log, as: instance, table: table, patience: .seconds(5))
    }

    /// Another instance that joins, followed while `body` runs.
    func joined<Value>(
        _ table: LimitTable, _ body: (ReplicatedBackend) async throws -> Value
    ) async throws -> Value {
        let backend = try await Self.joining(try await log(), table)
        return try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await backend.run() }
            defer { group.cancelAll() }
            return try await body(backend)
        }
    }
}

/// A kind of database that limits can be shared through.
enum SharedLimitsKind: String, CaseIterable, Sendable {
    case sqlite
    case redis
    case postgres

    /// One server for all tests: making one takes a second.
    private static let server = Task { try await PostgresServer() }

    /// - Parameter body: gets a fresh place.
    func withLimits<Value>(_ body: (SharedLimits) async throws -> Value) async throws -> Value {
        switch self {
        case .sqlite:
            let folder = try TemporaryFolder()
            let path = folder.url.appending(path: "limits.sqlite").path()
            return try await body(SharedLimits { try SQLiteLog(path: path) })
        case .redis:
            let server = try await RedisServer()
            return try await body(SharedLimits { RedisLog(try RedisAddress(parsing: server.url)) })
        case .postgres:
            let server = try await Self.server.value
            let namespace = UUID().uuidString
            return try await body(SharedLimits { try PostgresLog(server.url, namespace: namespace) })
        }
    }
}
