import AsyncHTTPClient
import ControlPlane
import Fetching
import Foundation
import Logging
import Metrics
import NIOCore
import NIOHTTPCompression
import RateLimiting

/// Measures the way of a fetch against an origin that is given, and prints one line of JSON per work.
@main
struct FetchBenchmarks {
    static func main() async throws {
        let parts = CommandLine.arguments.dropFirst(2)
        guard CommandLine.arguments.count >= 2, parts.allSatisfy(["memory", "overhead", "hits"].contains) else {
            print("usage: FetchBenchmarks ORIGIN [memory] [overhead] [hits]; ORIGIN such as http://127.0.0.1:18090")
            exit(2)
        }
        try await measure(parts.isEmpty ? ["memory", "overhead", "hits"] : Set(parts))
    }

    /// Away from the main actor, as the service works.
    @concurrent private static func measure(_ parts: Set<String>) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        // As the service has them, its log included.
        LoggingSystem.bootstrap { _ in JSONLogHandler(level: .info) }
        MetricsSystem.bootstrap(PrometheusRegistry.weir())
        let benchmarks = try FetchBenchmarks(origin: CommandLine.arguments[1], folder: folder)
        if parts.contains("memory") { try await benchmarks.memory() }
        if parts.contains("overhead") { try await benchmarks.overhead() }
        if parts.contains("hits") {
            for (name, bytes) in [("1kb", 1_000), ("100kb", 100_000), ("10mb", 10_000_000)] {
                try await benchmarks.hits(name, bytes, by: benchmarks.silent)
                try await benchmarks.hits("logged_\(name)", bytes, by: benchmarks.stack)
            }
        }
        for stack in [benchmarks.stack, benchmarks.silent] { try await stack.close() }
    }

    let origin: String
    let stack: FetchStack
    /// Writes no log lines, as the peers of the cache write none.
    let silent: FetchStack

    init(origin: String, folder: URL) throws {
        self.origin = origin
        var settings = Settings()
        settings.allowedAddresses = try AllowedAddresses(adding: ["127.0.0.1"])
        let policy = PolicyPatch(rates: [try Rate(parsing: "1000000/SECOND")], maxDelayMilliseconds: 0)
        let roles = FetchRole.allCases.map { ($0.rawValue, policy) }
        let limits = MemoryBackend(
            table: LimitTable(
                version: 1,
                document: LimitsDocument(defaults: Dictionary(roles, uniquingKeysWith: { first, _ in first }))),
            clock: ContinuousClock(), wallClock: .wallClock)
        var logger = Logger(label: "weir")
        stack = try FetchStack(settings, cache: folder.appending(path: "a"), limits: limits, logger: logger)
        logger.logLevel = .notice
        silent = try FetchStack(settings, cache: folder.appending(path: "b"), limits: limits, logger: logger)
    }

    static func report(_ work: String, _ value: Double, _ unit: String, peer: String = "weir") {
        print("{\"peer\": \"\(peer)\", \"work\": \"\(work)\", \"value\": \(value), \"unit\": \"\(unit)\"}")
    }

    func request(_ path: String, _ role: FetchRole = .metadata) throws -> FetchRequest {
        FetchRequest(
            try WebAddress(parsing: origin + path), role: role, maximumBodyBytes: 2 << 30, timeout: .seconds(120))
    }

    /// Fetches by the stack and drops the body as it comes.
    func fetch(_ request: FetchRequest, by stack: FetchStack) async throws -> Int {
        // Each exchange has facts of its own.
        var request = request
        request.exchange = Exchange()
        return try await stack.following.withResponse(to: request) { response in
            var bytes = 0
            for try await chunk in response.body { bytes += chunk.readableBytes }
            return bytes
        }
    }

    /// What the stack adds to a request of 1 kB that passes the cache by: bare and whole by turns, so that what the machine
    /// does besides counts for both.
    private func overhead() async throws {
        // Bodies may come compressed in both.
        var configuration = HTTPClient.Configuration()
        configuration.decompression = .enabled(limit: .ratio(100))
        let bare = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        for tasks in [1, 16] {
            // Nobody waits for what another one fetches.
            let requests = try (0..<tasks).map { try request("/1kb?task=\($0)") }
            var client: [Double] = []
            var whole: [Double] = []
            for _ in 0..<9 {
                client.append(
                    try await time(4000, tasks) { task in
                        let response = try await bare.execute(
                            HTTPClientRequest(url: requests[task].address.text), timeout: .seconds(120))
                        for try await _ in response.body {}
                    })
                whole.append(try await time(4000, tasks) { _ = try await fetch(requests[$0], by: stack) })
            }
            let (without, with) = (client.sorted()[4], whole.sorted()[4])
            Self.report("fetch_\(tasks)", without, "us", peer: "async-http-client")
            Self.report("fetch_\(tasks)", with, "us")
            Self.report("fetch_overhead_\(tasks)", with - without, "us")
        }
        try await bare.shutdown()
    }

    /// Microseconds of wall time per operation.
    private func time(
        _ count: Int, _ tasks: Int, _ operation: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask { for _ in 0..<count / tasks { try await operation(task) } }
            }
            try await group.waitForAll()
        }
        return (ContinuousClock.now - start).microseconds / Double(count / tasks * tasks)
    }

    /// Hits per second, one at a time: the best of five, after the miss that fills the cache.
    private func hits(_ name: String, _ bytes: Int, by stack: FetchStack) async throws {
        let request = try request("/fresh/\(name.split(separator: "_").last ?? "")")
        var best = 0.0
        _ = try await fetch(request, by: stack)
        for _ in 0..<6 {
            var (count, received) = (0, 0)
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(400) {
                received += try await fetch(request, by: stack)
                count += 1
            }
            guard received == count * bytes else { throw Unexpected(description: "\(received) bytes of \(count) hits") }
            best = max(best, Double(count) / ((ContinuousClock.now - start).microseconds / 1e6))
        }
        Self.report("cache_hit_\(name)", best, "hits/s")
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

extension Duration {
    var microseconds: Double { Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12 }
}
