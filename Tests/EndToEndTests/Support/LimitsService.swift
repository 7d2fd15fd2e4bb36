import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// A running service with a limits document that the test may change.
struct LimitsService {
    let folder: TemporaryFolder
    let running: Service

    /// - Parameter yaml: the document, but for its version.
    init(_ yaml: String) async throws {
        folder = try TemporaryFolder()
        try Self.write(yaml, to: Self.file(in: folder))
        running = try await Self.start(folder)
    }

    private init(folder: TemporaryFolder, running: Service) {
        self.folder = folder
        self.running = running
    }

    /// The same after a start in the same folder.
    func restarted() async throws -> LimitsService {
        LimitsService(folder: folder, running: try await Self.start(folder))
    }

    private static func start(_ folder: TemporaryFolder) async throws -> Service {
        let process = try RunningProcess("weir", ["serve", "--port", "0"] + arguments(folder))
        return Service(process: process, url: try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#))
    }

    private static func file(in folder: TemporaryFolder) -> URL { folder.url.appending(path: "limits.yaml") }

    private static func arguments(_ folder: TemporaryFolder) -> [String] {
        ["--data", folder.url.appending(path: "data").path(), "--rate-config", file(in: folder).path()]
    }

    var file: URL { Self.file(in: folder) }
    var arguments: [String] { Self.arguments(folder) }

    // MARK: - The file

    private static func write(_ yaml: String, to file: URL) throws {
        try Data("version: 1\n\(yaml)\n".utf8).write(to: file)
    }

    func write(_ yaml: String) throws {
        try Self.write(yaml, to: file)
    }

    /// Puts another file in its place.
    func rename(_ yaml: String) throws {
        let other = folder.url.appending(path: "next.yaml")
        try Self.write(yaml, to: other)
        #expect(Foundation.rename(other.path(), file.path()) == 0)
    }

    /// Puts a link to a link in its place, and lets the second lead elsewhere.
    func relink(_ yaml: String) throws {
        let generation = folder.url.appending(path: "..\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: generation, withIntermediateDirectories: true)
        try Self.write(yaml, to: generation.appending(path: "limits.yaml"))
        for (link, target) in [("..data", generation.lastPathComponent), ("limits.yaml", "..data/limits.yaml")] {
            let new = folder.url.appending(path: "link").path()
            try FileManager.default.createSymbolicLink(atPath: new, withDestinationPath: target)
            #expect(Foundation.rename(new, folder.url.appending(path: link).path()) == 0)
        }
    }

    /// Returns when the file has been read again since the last time that this was asked.
    func reloaded(_ source: String) async throws {
        let seen = lastSeen.value
        while true {
            if let reload = try await limits().status.lastReload, reload.at > seen, reload.source == source {
                lastSeen.value = reload.at
                return
            }
            await Task.yield()
        }
    }

    private let lastSeen = Shared("")

    // MARK: - The API

    func send(_ method: HTTPMethod, _ path: String, _ body: String = "") async throws -> HTTP.Answer {
        let answer = try await HTTP.send(method, running.url + path, body)
        #expect(answer.status == 200, "\(method) \(path) \(body): \(answer.text)")
        return answer
    }

    func limits() async throws -> Limits {
        try JSONDecoder().decode(Limits.self, from: try await running.get("/v1/limits").body)
    }

    func acquire(_ host: String, maxWait: Int) async throws -> TokenAnswer {
        let answer = try await running.post(
            "/v1/tokens/acquire", #"{"host":"\#(host)","role":"metadata","hold":false,"max_wait_ms":\#(maxWait)}"#)
        struct Body: Decodable {
            struct Claim: Decodable {
                struct Window: Decodable {
                    let rate: String
                }
                let windows: [Window]
            }
            let limitsVersion: Int
            let grantedAt: String?
            let claims: [Claim]

            enum CodingKeys: String, CodingKey {
                case limitsVersion = "limits_version"
                case grantedAt = "granted_at"
                case claims
            }
        }
        let body = try JSONDecoder().decode(Body.self, from: answer.body)
        return TokenAnswer(
            host: host, status: answer.status, version: body.limitsVersion,
            start: try body.grantedAt.map(microseconds) ?? 0,
            rates: body.claims.flatMap { $0.windows.map(\.rate) })
    }

    /// The windows of a host in a version on record, by what its document says.
    func windows(of host: String, in version: Int) async throws -> [TokenWindow] {
        let record = try JSONDecoder().decode(
            VersionRecord.self, from: try await running.get("/v1/limits/versions/\(version)").body)
        let own = record.document.hosts?[host]?["metadata"]
        let general = record.document.defaults?["metadata"]
        let guarded = Int64(own?.guardMilliseconds ?? general?.guardMilliseconds ?? 0) * 1000
        return try (own?.rates ?? general?.rates ?? []).map { text in
            let match = try #require(text.firstMatch(of: #/^(\d+)\/(\d*)(SECOND|MINUTE|HOUR)$/#))
            let seconds = (Int64(match.2) ?? 1) * (["SECOND": 1, "MINUTE": 60][match.3] ?? 3600)
            return TokenWindow(rate: text, units: Int(match.1) ?? 0, interval: seconds * 1_000_000 + guarded)
        }
    }

    private struct VersionRecord: Decodable {
        struct Policy: Decodable {
            let rates: [String]?
            let guardMilliseconds: Int?

            enum CodingKeys: String, CodingKey {
                case rates
                case guardMilliseconds = "guard_ms"
            }
        }
        struct Document: Decodable {
            let defaults: [String: Policy]?
            let hosts: [String: [String: Policy]]?
        }
        let document: Document
    }
}

/// What a client was told.
struct TokenAnswer: Sendable {
    let host: String
    let status: Int
    let version: Int
    /// Microseconds.
    let start: Int64
    /// Of the windows that decided.
    let rates: [String]
}

struct TokenWindow: Sendable {
    let rate: String
    let units: Int
    /// Microseconds.
    let interval: Int64
}

struct Limits: Decodable {
    struct Status: Decodable {
        struct Reload: Decodable {
            let at: String
            let source: String
        }
        let version: Int
        let lastReload: Reload?

        enum CodingKeys: String, CodingKey {
            case version
            case lastReload = "last_reload"
        }
    }
    let globalMaxInflight: Int
    let status: Status

    enum CodingKeys: String, CodingKey {
        case globalMaxInflight = "global_max_inflight"
        case status
    }
}
