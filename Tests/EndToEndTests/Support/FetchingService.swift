import Foundation

/// A service that fetches for others, from this machine unless it is told otherwise.
struct FetchingService {
    let service: Service
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - limits: the limits document, but for its version; without one none is reached.
    ///   - environment: variables of the process.
    init(
        _ arguments: [String] = ["--allowed-addresses", "127.0.0.1"], limits: String? = nil,
        environment: [String: String] = [:]
    ) async throws {
        folder = try TemporaryFolder()
        let document = folder.url.appending(path: "limits.yaml")
        let generous = ["metadata", "landing", "artifact"].map { "\($0): { rates: [10000/SECOND] }" }
        try Data("version: 1\n\(limits ?? "defaults: { \(generous.joined(separator: ", ")) }")\n".utf8)
            .write(to: document)
        let process = try RunningProcess(
            "weir",
            [
                "serve", "--port", "0", "--fetch-enabled", "true", "--data",
                folder.url.appending(path: "data").path(), "--rate-config", document.path(),
            ] + arguments, environment: environment)
        service = Service(
            process: process, url: try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#))
    }

    private struct Order: Encodable {
        let url: String
        let role: String
        let method: String
        let headers: [String: String]
    }

    func fetch(
        _ url: String, role: String = "metadata", method: String = "GET", headers: [String: String] = [:]
    ) async throws -> HTTP.Answer {
        let order = Order(url: url, role: role, method: method, headers: headers)
        return try await service.post("/v1/fetch", String(decoding: try JSONEncoder().encode(order), as: UTF8.self))
    }
}
