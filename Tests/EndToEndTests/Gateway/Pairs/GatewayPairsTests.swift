import Foundation
import NIOCore
import ScriptedOrigin
import TestSupport
import Testing

/// Random pairs of an origin and a client through one gateway: `WEIR_PAIRS` says how many, `WEIR_TEST_SEED` which.
@Suite("pairs of origins and clients", .timeLimit(.minutes(60)))
struct GatewayPairsTests {
    private static let count = ProcessInfo.processInfo.environment["WEIR_PAIRS"].flatMap { Int($0) } ?? 150
    /// At the same time.
    private static let crowd = 24
    /// Leases that there can be at the same time.
    private static let leases = 48

    @Test("leave nothing behind in a gateway, and nothing wrong in its cache")
    func pairs() async throws {
        let seed = TestSeed.current
        let held = Shared(0)
        let gate = Gate()
        let origin = try await RawOrigin.serving { connection in
            while let request = await connection.head() {
                if request.target.hasPrefix("/held/") {
                    let count = held.change { count in
                        count += 1
                        return count
                    }
                    if count == Self.leases { gate.open() }
                    try await gate.wait()
                    try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n")
                    continue
                }
                guard let number = request.target.split(separator: "/").last.flatMap({ Int($0) }) else { return }
                guard try await GatewayPair(number: number, seed: seed).answer(request, on: &connection) else { return }
            }
        }
        let limits = """
            defaults: { metadata: { rates: [1000000/SECOND], max_concurrent: \(Self.leases), max_delay_ms: 60000 } }
            """
        let gateway = try await GatewayProcess(origin: origin.url, limits: limits)
        let sockets = try gateway.process.openSockets()

        try await run(0..<min(50, Self.count), seed, gateway)
        let files = try gateway.process.openFiles() - gateway.process.openSockets()
        try await run(50..<max(50, Self.count), seed, gateway)

        // Every lease that there is can be had at the same time.
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<Self.leases {
                group.addTask {
                    let response = try await Self.get("/held/\(number)", gateway)
                    #expect(response?.status == 200, "\(String(describing: response))")
                    gate.open()
                }
            }
        }
        await origin.stop()
        while try gateway.process.openSockets() > sockets { await Task.yield() }
        #expect(try gateway.process.openFiles() - gateway.process.openSockets() <= files + 16)
        #expect(!gateway.process.output.contains { $0.contains(#""level":"error""#) || $0.contains("MISUSE") })
    }

    private func run(_ numbers: Range<Int>, _ seed: UInt64, _ gateway: GatewayProcess) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in numbers {
                if number - numbers.lowerBound >= Self.crowd { try await group.next() }
                group.addTask { try await Self.check(GatewayPair(number: number, seed: seed), gateway) }
            }
            try await group.waitForAll()
        }
    }

    private static func check(_ pair: GatewayPair, _ gateway: GatewayProcess) async throws {
        let response = try await pair.ask(port: gateway.port)
        if let response, response.isComplete, response.problem == nil, pair.client != .asksForHead {
            #expect(response.status == pair.status, "\(pair): \(response.line)")
            #expect(pair.isBody(response.body), "\(pair): \(response.line) \(response.body.readableBytes)")
        }
        // An idle connection that another pair's origin spoils or closes may be the one that the next request takes.
        var stored = try #require(try await get(pair.path, gateway), "\(pair)")
        for _ in 1...3 where stored.problem == "connect_error" {
            stored = try #require(try await get(pair.path, gateway), "\(pair)")
        }
        #expect(stored.isComplete && stored.status == 200, "\(pair): \(stored)")
        #expect(pair.isBody(stored.body), "\(pair): stored \(stored.body.readableBytes)")
    }

    /// What the origin has, from wherever.
    private static func get(_ path: String, _ gateway: GatewayProcess) async throws -> RawMessage? {
        try await RawConnection.open(port: gateway.port) { connection in
            try await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nX-Check: 1\r\n\r\n")
            return await connection.response()
        }
    }
}
