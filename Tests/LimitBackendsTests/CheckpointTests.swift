import LimitBackends
import RateLimiting
import TestSupport
import Testing

/// Checkpoints of limits with very many keys.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CheckpointTests {
    private static func checkpoint(_ position: LogPosition, bytes: Int) -> LogCheckpoint {
        LogCheckpoint(
            position: position, time: Timestamp(microseconds: 5),
            bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 / 251) })
    }

    @Test(
        "Large ones come back as they were left; one that is late changes nothing", arguments: SharedLimitsKind.allCases
    )
    func leaving(_ kind: SharedLimitsKind) async throws {
        try await kind.withLimits { limits in
            let log = try await limits.log()
            var position = LogPosition(number: 3, mark: 9)
            #expect(try await log.begin(with: Self.checkpoint(position, bytes: 600_000)))
            #expect(try await log.checkpoint()?.bytes == Self.checkpoint(position, bytes: 600_000).bytes)
            var positions = [position]
            for mark in 1...4 as ClosedRange<UInt64> {
                let answer = try await log.exchange(LogBatch(mark: mark, bytes: [1]), after: position, on: .always)
                guard case .entries(let entries, _) = answer, let last = entries.last else { return }
                position = last.position
                positions.append(position)
            }
            try await log.leave(Self.checkpoint(positions[2], bytes: 1_000_001))
            for late in [positions[1], LogPosition(number: positions[3].number, mark: 77)] {
                try await log.leave(Self.checkpoint(late, bytes: 10))
            }
            let read = try #require(try await limits.log().checkpoint())
            #expect(read.position == positions[2] && read.time == Timestamp(microseconds: 5))
            #expect(read.bytes == Self.checkpoint(positions[2], bytes: 1_000_001).bytes)
            #expect(try await !log.begin(with: Self.checkpoint(positions[0], bytes: 10)))
            guard case .entries(let rest, _) = try await log.exchange(nil, after: positions[2], on: .always) else {
                Issue.record("what came after it is gone")
                return
            }
            #expect(rest.count == 2)
        }
    }

    @Test("Redis keeps no pieces of a checkpoint that took effect or came late")
    func pieces() async throws {
        let server = try await RedisServer()
        let log = RedisLog(try RedisAddress(parsing: server.url))
        let start = LogPosition(number: 3, mark: 9)
        for _ in 0..<2 { _ = try await log.begin(with: Self.checkpoint(start, bytes: 600_000)) }
        try await log.leave(Self.checkpoint(start, bytes: 600_000))
        #expect(try await server.run(["KEYS", "*"]).sorted() == ["{weir}:checkpoint", "{weir}:head"])
    }

    @Test("A Redis is filled with 200,000 keys and is never held to be away")
    func filling() async throws {
        let server = try await RedisServer()
        let table = LimitTable(
            version: 1, document: LimitsDocument(defaults: ["r": PolicyPatch(rates: [try Rate(parsing: "9/HOUR")])]))
        let backend = try await ReplicatedBackend.joining(
            RedisLog(try RedisAddress(parsing: server.url)), as: SharedLimits.instance, table: table)
        for batch in 0..<400 {
            let requests = (0..<500).map { index in
                AcquireRequest(
                    claims: [.init(key: LimitKey(host: "host-\(batch)-\(index).example.org", role: "r"))],
                    wait: .client, hold: false)
            }
            let answers = try await backend.begin(requests)
            try require(answers.count == 500, "a batch is not answered")
        }
        #expect(backend.totals().keys == 200_000)
        let length = try await server.run(["STRLEN", "{weir}:checkpoint"]).first.flatMap { Int($0) } ?? 0
        #expect(length > 1_000_000, "no checkpoint was left")
    }
}
