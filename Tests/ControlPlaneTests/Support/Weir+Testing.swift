import Foundation
import Harvesting
import Hummingbird
import HummingbirdTesting
import Logging

@testable import ControlPlane

extension Weir {
    /// Runs a service in a folder of its own, with no upstream to talk to, for as long as the body takes.
    ///
    /// - Parameters:
    ///   - limits: where its limits come from, but for the API.
    ///   - fetches: whether it fetches for others.
    static func withTemporary<Value: Sendable>(
        limits: LimitSources = LimitSources(), metrics: PrometheusRegistry = .weir(), fetches: Bool = false,
        _ body: @Sendable (Weir, any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryFolder { folder in
            try await running(in: folder, limits: limits, metrics: metrics, fetches: fetches, body)
        }
    }

    /// The same in a folder that may have served before.
    static func running<Value: Sendable>(
        in folder: URL, limits: LimitSources = LimitSources(), metrics: PrometheusRegistry = .weir(),
        fetches: Bool = false,
        _ body: @Sendable (Weir, any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        var settings = Settings()
        settings.limits = limits
        settings.isFetchEnabled = fetches
        settings.data = folder.path(percentEncoded: false)
        settings.resolvers = Resolvers(at: [.core: "http://127.0.0.1:1"])
        settings.openAlexBaseURL = "http://127.0.0.1:1"
        settings.doiBaseURL = "http://127.0.0.1:1"
        let weir = try await Weir(settings: settings, metrics: metrics, logger: .silent)
        let outcome: Result<Value, any Error>
        do {
            let application = Application(router: weir.router, logger: .silent)
            outcome = .success(try await application.test(.router) { client in try await body(weir, client) })
        } catch {
            outcome = .failure(error)
        }
        try await weir.close()
        return try outcome.get()
    }
}

extension Logger {
    static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}

/// Makes a folder, and removes it afterwards.
func withTemporaryFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "weir-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
