import LimitBackends
import RateLimiting
import TestSupport
import Testing

/// What every backend promises, and what only instances that share limits can be asked.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SharedLimitsTests {
    @Test(arguments: SharedLimitsKind.allCases, BackendPromise.all)
    func keeps(_ kind: SharedLimitsKind, _ promise: BackendPromise) async throws {
        try await kind.withLimits { limits in
            try await promise.verify {
                try await SharedLimits.joining(try await limits.log(), $0)
            }
        }
    }

    @Test(
        "Spread over several logs each host's limits are kept alike",
        arguments: BackendPromise.all.filter { !$0.spansHosts })
    func keepsSpread(_ promise: BackendPromise) async throws {
        let server = try await RedisServer()
        let address = try RedisAddress(parsing: server.url)
        try await promise.verify {
            try await SpreadBackend.joining(
                control: RedisLog(address), parts: (0..<3).map { RedisLog(address, part: $0) },
                as: SharedLimits.instance, table: $0, patience: .seconds(5))
        }
    }

    private static func table(_ patch: PolicyPatch, version: Int = 1) -> LimitTable {
        LimitTable(version: version, document: LimitsDocument(defaults: ["r": patch]))
    }

    private static func request(
        _ client: String = "tester", maxWait: Int? = nil, hold: Bool = true, key: String? = nil
    ) -> AcquireRequest {
        AcquireRequest(
            claims: [.init(key: LimitKey(host: "a", role: "r"))], maxWaitMilliseconds: maxWait, hold: hold,
            client: client, idempotencyKey: key)
    }

    @Test("Redis is entered with a user, a password and a database, and refuses others")
    func entering() async throws {
        let server = try await RedisServer(arguments: [
            "--user", "weir", "on", ">s%cret,w", "~*", "&*", "+@all", "--user", "default", "off",
        ])
        let table = Self.table(PolicyPatch())
        let address = "redis://weir:s%25cret,w@127.0.0.1:\(server.port),w/3"
        let log = RedisLog(try RedisAddress(parsing: address))
        let backend = try await SharedLimits.joining(log, table)
        #expect(try await backend.acquire(Self.request()).grant != nil)
        for user in ["weir:wrong@", ""] {
            let log = RedisLog(try RedisAddress(parsing: "redis://\(user)127.0.0.1:\(server.port)"))
            await #expect(throws: LimitLogUnavailable.self) {
                try await SharedLimits.joining(log, table)
            }
        }
    }

    @Test("Instances count together, and a new one starts where they are", arguments: SharedLimitsKind.allCases)
    func counting(_ kind: SharedLimitsKind) async throws {
        let rate = try Rate(parsing: "3/MINUTE")
        let table = Self.table(PolicyPatch(rates: [rate], maxDelayMilliseconds: 0))
        try await kind.withLimits { limits in
            try await limits.joined(table) { first in
                try await limits.joined(table) { second in
                    for backend in [first, second, first] {
                        #expect(try await backend.acquire(Self.request()).grant != nil)
                    }
                    #expect(try await second.acquire(Self.request()).denial != nil)
                    let usage = try await second.usage(ListRequest()).elements.first
                    #expect(usage?.inFlight == 3 && usage?.windows.first?.remaining == 0)
                    let late = Self.table(PolicyPatch(rates: [], maxDelayMilliseconds: 0))
                    try await limits.joined(late) { third in
                        let decision = try await third.acquire(Self.request())
                        #expect(decision.denial != nil)
                        #expect(third.table().document == table.document, "the table of those who were there before")
                    }
                }
            }
        }
    }

    @Test(
        "A lease is released by whoever knows it, and wakes the next waiter of any instance",
        arguments: SharedLimitsKind.allCases)
    func waking(_ kind: SharedLimitsKind) async throws {
        let table = Self.table(PolicyPatch(maxDelayMilliseconds: 50_000, maxConcurrent: 1))
        try await kind.withLimits { limits in
            try await limits.joined(table) { first in
                try await limits.joined(table) { second in
                    var lease = try await first.acquire(Self.request()).grant?.lease
                    var waiters: [Task<Decision, any Error>] = []
                    for (number, backend) in [second, first, second].enumerated() {
                        waiters.append(Task { try await backend.acquire(Self.request()) })
                        while first.totals().waiting != number + 1 { await Task.yield() }
                    }
                    for waiter in waiters {
                        let held = try #require(lease)
                        #expect(try await second.release(held, unused: false) == .released)
                        lease = try await waiter.value.grant?.lease
                    }
                    let last = try #require(lease)
                    #expect(try await first.release(last, unused: false) == .released)
                    #expect(try await second.release(last, unused: false) == .alreadyReleased)
                }
            }
        }
    }

    @Test("A change of limits through one instance governs all", arguments: SharedLimitsKind.allCases)
    func changing(_ kind: SharedLimitsKind) async throws {
        let rate = try Rate(parsing: "1/MINUTE")
        let patch = PolicyPatch(rates: [rate], maxDelayMilliseconds: 50_000)
        try await kind.withLimits { limits in
            try await limits.joined(Self.table(patch)) { first in
                try await limits.joined(Self.table(patch)) { second in
                    _ = try await first.acquire(Self.request(hold: false))
                    let waiter = Task { try await second.acquire(Self.request(hold: false, key: nil)) }
                    // One per minute and half a minute of patience: only the new limit lets it start.
                    #expect(try await waiter.value.denial != nil)
                    var wider = patch
                    wider.rates = [try Rate(parsing: "2/MINUTE")]
                    let isApplied = try await first.apply(Self.table(wider, version: 2))
                    #expect(isApplied)
                    #expect(try await second.acquire(Self.request(hold: false)).grant?.tableVersion == 2)
                    let isAppliedToo = try await second.apply(Self.table(patch, version: 2))
                    #expect(!isAppliedToo, "not above the one in force")
                }
            }
        }
    }

    @Test("Leases of an instance that is gone come free at their expiry", arguments: SharedLimitsKind.allCases)
    func expiring(_ kind: SharedLimitsKind) async throws {
        let table = Self.table(PolicyPatch(maxDelayMilliseconds: 50_000, maxConcurrent: 1))
        try await kind.withLimits { limits in
            var request = Self.request()
            request.leaseTTLMilliseconds = 200
            let gone = try await SharedLimits.joining(try await limits.log(), table)
            let lost = try #require(try await gone.acquire(request).grant)
            try await limits.joined(table) { backend in
                let next = try #require(try await backend.acquire(Self.request()).grant)
                #expect(next.start >= (lost.expires ?? next.start.advanced(by: 1)))
                let late = try #require(lost.lease)
                #expect(try await backend.release(late, unused: true) == .expired)
                #expect(backend.totals().inFlight == 1)
            }
        }
    }

    @Test(
        "One who was away for longer than the log reaches back starts from its checkpoint",
        arguments: SharedLimitsKind.allCases)
    func checkpoints(_ kind: SharedLimitsKind) async throws {
        let table = Self.table(PolicyPatch(rates: [try Rate(parsing: "1000000/HOUR")]))
        try await kind.withLimits { limits in
            let away = try await SharedLimits.joining(try await limits.log(), table)
            _ = try await away.acquire(Self.request(hold: false))
            try await limits.joined(table) { backend in
                // Names so long that a few thousand requests fill the log.
                let client = String(repeating: "x", count: 1000)
                for _ in 0..<40 {
                    _ = try await backend.begin(Array(repeating: Self.request(client, hold: false), count: 50))
                }
                let usage = try await away.usage(ListRequest()).elements.first
                #expect(usage?.windows.first?.remaining == 1_000_000 - 2001)
            }
        }
    }
}
