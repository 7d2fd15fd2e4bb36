import Foundation
import LimitBackends
import RateLimiting
import Synchronization
import TestSupport
import Testing

/// Starts that were granted, from many tasks.
private final class Starts: Sendable {
    private let times = Mutex<[Int64]>([])

    var sorted: [Int64] { times.withLock { $0.sorted() } }

    func note(_ start: Timestamp) { times.withLock { $0.append(start.microseconds) } }

    /// Returns once so many more have come.
    func more(_ count: Int) async {
        let before = times.withLock(\.count)
        while times.withLock(\.count) < before + count { await Task.yield() }
    }
}

/// Limits in a Redis Cluster: the log lies on one of its primaries, and is found wherever it goes.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RedisClusterTests {
    private static let request = AcquireRequest(
        claims: [.init(key: LimitKey(host: "a", role: "r")), .init(key: LimitKey(host: "b", role: "r"))], hold: false)

    private static func table(_ rate: String) throws -> LimitTable {
        let patch = PolicyPatch(rates: [try Rate(parsing: rate)], maxDelayMilliseconds: 2000)
        return LimitTable(version: 1, document: LimitsDocument(defaults: ["r": patch]))
    }

    @Test(
        "An address names one host or several",
        arguments: ["redis://a", "redis://a:1,b:2", "rediss://me:p%2Cw@a,b:7000,[::1]:7/3", "redis://:@a:/"])
    func addresses(_ address: String) throws {
        _ = try RedisAddress(parsing: address)
    }

    @Test(
        "An address that is none is refused without being repeated",
        arguments: [
            "redis:/a", "http://me:secret@a", "redis://me:secret@a,,b", "redis://me:secret@a,b/x", "redis://me:secret@",
            "redis://me:secret@a:65536", "redis://me:secret@a:0", "redis://me:secret@a,b:99999999999999999999",
            "redis://me:secret@a:-1", "redis://me:secret@[::1", "redis://me:%ff@a", "redis://me:secret@a b",
        ])
    func noAddresses(_ address: String) {
        #expect {
            try RedisAddress(parsing: address)
        } throws: { error in
            !"\(error)".contains("secret")
        }
    }

    @Test("Instances that enter through different nodes share limits; those of another namespace do not")
    func entering() async throws {
        let cluster = try await RedisCluster()
        let table = try Self.table("3/HOUR")
        var backends: [ReplicatedBackend] = []
        for server in cluster.servers.prefix(4) {
            backends.append(try await SharedLimits.joining(RedisLog(try RedisAddress(parsing: server.url)), table))
        }
        for backend in backends.prefix(3) {
            #expect(try await backend.acquire(Self.request).grant != nil, "both claims together")
        }
        #expect(try await backends[3].acquire(Self.request).denial != nil)
        let other = RedisLog(try RedisAddress(parsing: cluster.servers[0].url), namespace: "other:team")
        #expect(try await SharedLimits.joining(other, table).acquire(Self.request).grant != nil)
        let owner = try #require(try await cluster.owner(of: try await cluster.slot(of: "{other:team}")))
        #expect(try await owner.run(["EXISTS", "{other:team}:head"]) == ["1"])
    }

    @Test("Hosts are spread over the nodes, and instances share the limits of each")
    func spreading() async throws {
        let cluster = try await RedisCluster()
        let table = try Self.table("3/HOUR")
        var backends: [SpreadBackend] = []
        for server in cluster.servers.prefix(2) {
            let address = try RedisAddress(parsing: server.url)
            backends.append(
                try await SpreadBackend.joining(
                    control: RedisLog(address), parts: (0..<16).map { RedisLog(address, part: $0) },
                    as: SharedLimits.instance, table: table, patience: .seconds(5)))
        }
        for host in ["a", "b", "c", "d"] {
            let request = AcquireRequest(claims: [.init(key: LimitKey(host: host, role: "r"))], hold: false)
            for backend in [backends[0], backends[1], backends[0]] {
                #expect(try await backend.acquire(request).grant != nil)
            }
            #expect(try await backends[1].acquire(request).denial != nil)
        }
        var owners: Set<Int> = []
        for part in 0..<16 {
            let owner = try #require(try await cluster.owner(of: try await cluster.slot(of: "{weir/\(part)}")))
            #expect(try await owner.run(["EXISTS", "{weir/\(part)}:head"]) == ["1"])
            owners.insert(owner.port)
        }
        #expect(owners.count == 3)
        #expect(try await backends[1].instances().count == 2)
    }

    @Test("What is moved from node to node, and one that is taken over, is found again, and no window is exceeded")
    func moving() async throws {
        let cluster = try await RedisCluster()
        let slot = try await cluster.slot(of: "{weir}")
        let addresses = cluster.servers.map { "127.0.0.1:\($0.port)" }
        let starts = Starts()
        let limits = SharedLimits {
            // The first of them is one that has it, or has not.
            RedisLog(try RedisAddress(parsing: "redis://\(addresses.shuffled().joined(separator: ","))"))
        }
        let table = try Self.table("50/SECOND")
        try await limits.joined(table) { first in
            try await limits.joined(table) { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<8 {
                        let backend = index < 4 ? first : second
                        group.addTask {
                            while !Task.isCancelled {
                                let decision = try? await backend.acquire(Self.request)
                                if let start = decision?.grant?.start { starts.note(start) }
                                // Who is refused at once must not keep the threads from those who reconnect.
                                await Task.yield()
                            }
                        }
                    }
                    await starts.more(20)
                    let source = try #require(try await cluster.owner(of: slot))
                    var target: RedisServer?
                    for key in ["a", "b", "c", "d", "e"] where target == nil || target === source {
                        target = try await cluster.owner(of: try await cluster.slot(of: key))
                    }
                    let next = try #require(target)
                    try await cluster.move(slot, from: source, to: next) { await starts.more(20) }
                    await starts.more(20)
                    // Its replica takes over.
                    await next.stop()
                    await starts.more(60)
                    group.cancelAll()
                }
            }
        }
        let sorted = starts.sorted
        let closest = zip(sorted, sorted.dropFirst(50)).map { $1 - $0 }.min()
        print("moved and taken over: \(sorted.count) grants")
        #expect(closest ?? .max >= 1_000_000, "51 starts in \(closest ?? 0) µs")
    }
}
