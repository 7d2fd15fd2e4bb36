import Foundation
import TestSupport

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

    /// What the service told of its fetches.
    func events() throws -> [FetchEvent] {
        try service.process.output.map { try JSONDecoder().decode(FetchEvent.self, from: Data($0.utf8)) }
            .filter { $0.stage == "fetch" }
    }

    /// Names of files in a part of the data folder.
    func files(in part: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "data/\(part)").path())
    }

    private struct Order: Encodable {
        let url: String
        let role: String
        let method: String
        let headers: [String: String]
        let timeoutMilliseconds: Int?

        enum CodingKeys: String, CodingKey {
            case url
            case role
            case method
            case headers
            case timeoutMilliseconds = "timeout_ms"
        }
    }

    func fetch(
        _ url: String, role: String = "metadata", method: String = "GET", headers: [String: String] = [:],
        timeoutMilliseconds: Int? = nil
    ) async throws -> HTTP.Answer {
        let order = Order(
            url: url, role: role, method: method, headers: headers, timeoutMilliseconds: timeoutMilliseconds)
        return try await service.post("/v1/fetch", String(decoding: try JSONEncoder().encode(order), as: UTF8.self))
    }
}
