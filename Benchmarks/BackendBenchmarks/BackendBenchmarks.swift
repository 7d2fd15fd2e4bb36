import Foundation
import LimitBackends
import RateLimiting

/// Measures decisions through a shared backend and prints one line of JSON per figure, as the peers do.
///
///     BackendBenchmarks KIND ADDRESS
@main
struct BackendBenchmarks {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { throw Misuse() }
        let (kind, address) = (arguments[1], arguments[2])
        for callers in [1, 16, 64] {
            let backend = try await backend(kind, address, "bench-\(callers)", patience: .seconds(5))
            _ = try await latencies(backend, callers: callers, for: .milliseconds(500))
            let duration = Duration.seconds(3)
            let latencies = try await latencies(backend, callers: callers, for: duration).sorted()
            func report(_ work: String, _ value: Double) {
                print("{\"peer\": \"weir-\(kind)\", \"work\": \"\(work)_\(callers)\", \"value\": \(value)}")
            }
            report("decisions", Double(latencies.count) / 3)
            report("p50", latencies[latencies.count / 2])
            report("p99", latencies[latencies.count * 99 / 100])
        }
        // With the patience of a service: a healthy backend is never held to be away.
        let patience: Duration = kind == "sqlite" ? .seconds(1) : .milliseconds(50)
        let backend = try await backend(
            kind, kind == "sqlite" ? address + "-keys" : address, "keys", patience: patience)
        try await KeyBenchmarks.run(backend) { work, value in
            print("{\"peer\": \"weir-\(kind)\", \"work\": \"\(work)\", \"value\": \(value)}")
        }
    }

    private static func backend(
        _ kind: String, _ address: String, _ namespace: String, patience: Duration
    ) async throws -> ReplicatedBackend {
        let log: any LimitLog =
            switch kind {
            case "sqlite": try SQLiteLog(path: address)
            case "redis": RedisLog(try RedisAddress(parsing: address), namespace: namespace)
            default: try PostgresLog(address, namespace: namespace)
            }
        // One unit after the other of a rate that never binds: each decision writes.
        let policy = PolicyPatch(rates: [try Rate(parsing: "1000000/SECOND")], maxDelayMilliseconds: 0)
        return try await ReplicatedBackend.joining(
            log, as: Instance(name: "bench \(UInt64.random(in: .min ... .max))", version: "0"),
            table: LimitTable(version: 1, document: LimitsDocument(defaults: ["metadata": policy])),
            patience: patience)
    }

    struct Misuse: Error, CustomStringConvertible {
        let description = "give a kind and an address"
    }

    /// Microseconds that each decision took.
    private static func latencies(
        _ backend: ReplicatedBackend, callers: Int, for duration: Duration
    ) async throws -> [Double] {
        let request = AcquireRequest(
            claims: [.init(key: LimitKey(host: "api.example.org", role: "metadata"))], wait: .client, hold: false)
        let end = ContinuousClock.now.advanced(by: duration)
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var latencies: [Double] = []
                    while true {
                        let asked = ContinuousClock.now
                        if asked >= end { return latencies }
                        guard case .granted = try await backend.acquire(request) else { continue }
                        let (seconds, attoseconds) = asked.duration(to: .now).components
                        latencies.append(Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
