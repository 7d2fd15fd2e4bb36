import Foundation
import Hummingbird
import HummingbirdTesting
import Logging

@testable import ControlPlane

extension Weir {
    /// Runs a service in a folder of its own, with no upstream to talk to, for as long as the body takes.
    static func withTemporary<Value: Sendable>(
        _ body: @Sendable (Weir, any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = Settings()
        settings.data = folder.path(percentEncoded: false)
        settings.openAlexBaseURL = "http://127.0.0.1:1"
        settings.doiBaseURL = "http://127.0.0.1:1"
        let weir = try Weir(settings: settings, metrics: .weir(), logger: .silent)
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
