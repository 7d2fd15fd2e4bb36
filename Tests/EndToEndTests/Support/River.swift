import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import TestSupport
import Testing

/// Both banks: a simulated internet, and whatever runs against it, in a folder of their own.
final class River {
    let folder: URL
    let simulator: RunningProcess
    /// The simulator's address, to use as a proxy.
    let proxy: String

    /// The limits that Weir keeps and the simulator judges by.
    static let limits = [
        "metadata": "10/SECOND,5000/HOUR", "landing": "5/SECOND,2000/HOUR", "artifact": "2/SECOND,500/HOUR",
    ]

    /// - Parameter isJudging: whether the simulator judges by ``limits``.
    init(simulator arguments: [String], isJudging: Bool = true) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let limits = isJudging ? Self.limits.flatMap { ["--limit", "*:\($0.key)=\($0.value)"] } : []
        simulator = try RunningProcess("upstream-simulator", ["--listen", "127.0.0.1:0"] + limits + arguments)
        proxy = "http://" + (try await simulator.captured(#/listening on ([0-9.:]+)/#))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Those that have limits of their own, which the simulator does not judge by.
    private static func hosts() throws -> [String] {
        let document = Tested.config.appending(path: "simulated-ratelimits.yaml")
        return try String(contentsOf: document, encoding: .utf8)
            .matches(of: #/(?m)^  "?([a-z0-9.*-]+)"?: [&*]any$/#).map { String($0.output.1) }
    }

    /// Names the services by addresses that the simulator answers for.
    private static let configuration = Tested.config.appending(path: "simulated.yaml")

    var data: URL { folder.appending(path: "data") }

    /// What every command needs to reach the simulator only.
    ///
    /// - Parameter limits: of roles, in place of their own in ``limits``.
    func settings(
        guardMilliseconds: Int = 0, limits own: [String: String] = [:], isProxied: Bool = true
    ) throws -> [String] {
        let roles = Self.limits.map { role, rates in
            let policy = own[role] ?? "rates: [\(rates)], max_delay_ms: 2000, guard_ms: \(guardMilliseconds)"
            return policy.contains("max_concurrent")
                ? "\(role): { \(policy) }"
                : "\(role): { \(policy), max_concurrent: \(role == "artifact" ? 4 : 500) }"
        }
        let policies = "{ \(roles.joined(separator: ", ")) }"
        let hosts = try Self.hosts().map { "  \"\($0)\": *any" }
        let document = folder.appending(path: "ratelimits.yaml")
        let lines = ["version: 1", "defaults: &any \(policies)", "hosts:"] + hosts
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: document)
        return [
            "--data", data.path(), "--rate-config", document.path(), "--config", Self.configuration.path(),
        ] + (isProxied ? ["--proxy", proxy] : [])
    }

    func harvest(_ arguments: [String], guardMilliseconds: Int = 0) throws -> RunningProcess {
        try RunningProcess("weir", ["harvest"] + arguments + settings(guardMilliseconds: guardMilliseconds))
    }

    func serve(
        limits: [String: String] = [:], adding more: [String] = [], isProxied: Bool = true,
        environment: [String: String] = [:]
    ) async throws -> Service {
        let process = try RunningProcess(
            "weir", ["serve", "--port", "0"] + settings(limits: limits, isProxied: isProxied) + more,
            environment: environment)
        return Service(process: process, url: try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#))
    }

    struct Report: Decodable {
        let requests: Int
        let rejected: Int
        let worstExcess: Int
        let artifactRequests: Int
        let artifactURLs: Int
        let repeatedArtifactURLs: [String]
        let hosts: [Host]

        struct Host: Decodable {
            let host: String
            /// `nil` for all of them together.
            let role: String?
            let requests: Int
        }

        /// Requests that a host got.
        func requests(at host: String) -> Int {
            hosts.first { $0.host == host && $0.role == nil }?.requests ?? 0
        }

        enum CodingKeys: String, CodingKey {
            case requests
            case rejected
            case worstExcess = "worst_excess"
            case artifactRequests = "artifact_requests"
            case artifactURLs = "artifact_urls"
            case repeatedArtifactURLs = "repeated_artifact_urls"
            case hosts
        }
    }

    func report() async throws -> Report {
        try JSONDecoder().decode(Report.self, from: try await HTTP.get("\(proxy)/_sim/report").body)
    }

    /// Ids of the works that offer a file, and of the others.
    func truth() async throws -> (offering: Set<String>, others: Set<String>) {
        struct Line: Decodable {
            let workID: String
            let offersPDF: Bool

            enum CodingKeys: String, CodingKey {
                case workID = "work_id"
                case offersPDF = "offers_pdf"
            }
        }
        let body = try await HTTP.get("\(proxy)/_sim/works").body
        let lines = try body.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: $0) }
        func ids(_ offers: Bool) -> Set<String> { Set(lines.filter { $0.offersPDF == offers }.map(\.workID)) }
        return (ids(true), ids(false))
    }

    /// Where the simulated hosts have files.
    func fileURLs() async throws -> [String] {
        struct Line: Decodable {
            let urls: [String]

            enum CodingKeys: String, CodingKey {
                case urls = "pdf_urls"
            }
        }
        let body = try await HTTP.get("\(proxy)/_sim/works").body
        return try body.split(separator: UInt8(ascii: "\n")).flatMap {
            try JSONDecoder().decode(Line.self, from: $0).urls
        }
    }

    /// Paths of all stored artifacts.
    func files() throws -> [String] {
        let artifacts = data.appending(path: "artifacts")
        return try FileManager.default.subpathsOfDirectory(atPath: artifacts.path())
            .filter { $0.hasSuffix(".pdf") && !$0.hasPrefix("by-name/") }
            .map { artifacts.appending(path: $0).path() }
    }
}

/// A running `weir serve`.
struct Service {
    let process: RunningProcess
    let url: String

    func get(_ path: String) async throws -> HTTP.Answer { try await HTTP.get(url + path) }

    func post(_ path: String, _ body: String = "") async throws -> HTTP.Answer {
        try await HTTP.send(.POST, url + path, body)
    }

    func state(of id: String) async throws -> String {
        try JSONDecoder().decode(Job.self, from: try await get("/v1/jobs/\(id)").body).state
    }

    /// Waits until the job has ended, or has settled this many works.
    func job(_ id: String, settled: Int = .max) async throws -> Job {
        while true {
            let job = try JSONDecoder().decode(Job.self, from: try await get("/v1/jobs/\(id)").body)
            if !["queued", "running"].contains(job.state) || job.works.done >= settled { return job }
            await Task.yield()
        }
    }
}

struct Job: Decodable {
    struct Works: Decodable {
        let listed: Int
        let done: Int
        let byClassification: [String: Int]

        enum CodingKeys: String, CodingKey {
            case listed
            case done
            case byClassification = "by_classification"
        }
    }

    let id: String
    let state: String
    let works: Works
}

/// A line of a manifest.
struct ManifestLine: Decodable {
    let record: String
    let workID: String
    let classification: String?
    let reason: String?
    let path: String?
    let sha256: String?
    let role: String?
    let url: String?
    let resolver: String?
    let fromCache: Bool?

    enum CodingKeys: String, CodingKey {
        case record
        case workID = "work_id"
        case classification
        case reason
        case path
        case sha256
        case role
        case url
        case resolver
        case fromCache = "from_cache"
    }

    static func all(in jsonLines: Data) throws -> [ManifestLine] {
        try jsonLines.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(ManifestLine.self, from: $0) }
    }

    static func works(in jsonLines: Data) throws -> [ManifestLine] {
        try all(in: jsonLines).filter { $0.record == "work" }
    }
}

enum HTTP {
    struct Answer {
        let status: Int
        let contentType: String?
        let headers: [String: String]
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    static func get(_ url: String) async throws -> Answer { try await send(.GET, url) }

    static func send(
        _ method: HTTPMethod, _ url: String, _ body: String = "", headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let fields = Dictionary(
            response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        // Read to its end, wherever that is: who stops reading hangs up.
        var bytes = ByteBuffer()
        for try await var chunk in response.body where bytes.readableBytes < largestBody { bytes.writeBuffer(&chunk) }
        return Answer(
            status: Int(response.status.code), contentType: fields["content-type"], headers: fields,
            body: Data(buffer: bytes))
    }

    /// What is kept of a body.
    private static let largestBody = 64 << 20
}

/// Whether poppler opens the file as a PDF.
func opensAsPDF(_ file: String) async throws -> Bool {
    await (try RunningProcess("/usr/bin/pdfinfo", [file])).exit() == 0
}
