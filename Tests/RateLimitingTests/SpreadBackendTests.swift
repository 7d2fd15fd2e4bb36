import TestSupport
import Testing

@testable import RateLimiting

/// Limits of which each host's are decided in one of several logs.
@Suite(.timeLimit(.minutes(1))) struct SpreadBackendTests {
    private static let hosts = (0..<12).map { "host-\($0)" }

    private static func table(_ version: Int = 1, maxConcurrent: Int = 10) -> LimitTable {
        LimitTable(
            version: version,
            document: LimitsDocument(
                defaults: ["r": PolicyPatch(maxDelayMilliseconds: 0, maxConcurrent: maxConcurrent)],
                globalMaxInflight: 7))
    }

    private static func request(_ hosts: String...) -> AcquireRequest {
        AcquireRequest(claims: hosts.map { .init(key: LimitKey(host: $0, role: "r")) })
    }

    private static func joining(_ control: MemoryLog, _ parts: [MemoryLog], _ name: String) async throws
        -> SpreadBackend
    {
        try await SpreadBackend.joining(
            control: control, parts: parts, as: Instance(name: name, version: "0"), table: table(),
            patience: .seconds(60))
    }

    @Test("A host is always in the same part, and many hosts are in all of them")
    func parts() {
        // Known values: instances of different builds have to agree.
        let known = ["api.crossref.org", "export.arxiv.org", "api.openalex.org"].map { Spread.part(of: $0, among: 16) }
        #expect(known == [5, 15, 1])
        let counts = (0..<1600).reduce(into: [Int: Int]()) {
            $0[Spread.part(of: "h\($1).example", among: 16), default: 0] += 1
        }
        #expect(counts.count == 16 && counts.values.allSatisfy { (50...150).contains($0) }, "\(counts)")
    }

    @Test("Claims over several hosts are refused, those over several roles of one are not")
    func apart() async throws {
        let backend = try await Self.joining(MemoryLog(), [MemoryLog(), MemoryLog()], "a")
        await #expect(throws: AcquireError.hostsApart(claim: 1)) {
            try await backend.acquire(Self.request("a", "b"))
        }
        await #expect(throws: AcquireError.hostsApart(claim: 2)) {
            try await backend.check(Self.request("a", "a", "b"))
        }
    }

    @Test("A batch is answered in its order, whichever parts decide")
    func batches() async throws {
        let backend = try await Self.joining(MemoryLog(), (0..<3).map { _ in MemoryLog() }, "a")
        let hosts = (0..<3).compactMap { part in Self.hosts.first { Spread.part(of: $0, among: 3) == part } }
        let requests = hosts.map { Self.request($0) } + [Self.request("a", "b"), Self.request(hosts[0])]
        let results = try await backend.begin(requests)
        let leases = try await backend.leases(ListRequest(), client: nil).elements
        let holders = Dictionary(uniqueKeysWithValues: leases.map { ($0.id, $0.claims[0].key.host) })
        let granted = results.map { result -> String? in
            guard case .success(.decided(.granted(let grant))) = result else { return nil }
            return grant.lease.flatMap { holders[$0] }
        }
        #expect(granted == hosts + [nil, hosts[0]])
    }

    @Test("Where a part does not answer, what the others granted of a batch is given back")
    func failing() async throws {
        let logs = [MemoryLog(), MemoryLog()]
        let backend = try await Self.joining(MemoryLog(), logs, "a")
        let away = try #require(Self.hosts.first { Spread.part(of: $0, among: 2) == 1 })
        let there = try #require(Self.hosts.first { Spread.part(of: $0, among: 2) == 0 })
        logs[1].goAway()
        await #expect(throws: LimitLogUnavailable.self) {
            try await backend.begin([Self.request(away), Self.request(there)])
        }
        #expect(try await backend.leases(ListRequest(host: there), client: nil).elements.isEmpty)
        #expect(!backend.isReachable())
    }

    @Test("Leases are released and renewed where they were given, by any instance, and listed page by page")
    func leases() async throws {
        let (control, logs) = (MemoryLog(), (0..<3).map { _ in MemoryLog() })
        let first = try await Self.joining(control, logs, "a")
        let second = try await Self.joining(control, logs, "b")
        var given: Set<LeaseID> = []
        for host in Self.hosts {
            if let lease = try await first.acquire(Self.request(host)).grant?.lease { given.insert(lease) }
        }
        // A third of seven in each of three.
        #expect(given.count == 6)
        var listed: [LeaseID] = []
        var next: Int? = 0
        while let cursor = next {
            let page = try await second.leases(ListRequest(cursor: cursor, limit: 2), client: nil)
            listed += page.elements.map(\.id)
            next = page.next
        }
        #expect(listed.count == 6 && Set(listed) == given)
        #expect(second.totals().inFlight == 6)
        for lease in given {
            guard case .renewed = try await second.renew(lease, timeToLiveMilliseconds: 1000) else {
                Issue.record("not renewed")
                continue
            }
            #expect(try await second.release(lease, unused: false) == .released)
            #expect(try await first.release(lease, unused: false) == .alreadyReleased)
        }
        let foreign = try #require(LeaseID("00000000000000ff-1-0"))
        #expect(try await first.release(foreign, unused: false) == .unknown)
    }

    @Test("A new table is in force in all parts, and of two writers one is refused")
    func tables() async throws {
        let (control, logs) = (MemoryLog(), (0..<3).map { _ in MemoryLog() })
        let first = try await Self.joining(control, logs, "a")
        let second = try await Self.joining(control, logs, "b")
        #expect(try await first.apply(Self.table(2, maxConcurrent: 1)))
        #expect(try await !second.apply(Self.table(2)))
        for host in Self.hosts.prefix(3) {
            let host = host + ".example"
            if let lease = try await second.acquire(Self.request(host)).grant?.lease {
                #expect(try await second.acquire(Self.request(host)).denial != nil, "one at a time")
                _ = try await second.release(lease, unused: false)
            } else {
                Issue.record("not granted")
            }
        }
        // Who comes now has it as well, and shows the whole.
        let third = try await Self.joining(control, logs, "c")
        #expect(third.table().version == 2 && third.table().document.globalMaxInflight == 7)
    }

    @Test("A log is not shared by instances that spread the limits in another way")
    func mismatch() async throws {
        let control = MemoryLog()
        _ = try await Self.joining(control, [MemoryLog(), MemoryLog()], "a")
        await #expect {
            try await ReplicatedBackend.joining(control, as: Instance(name: "b", version: "0"), table: Self.table())
        } throws: {
            "\($0)".contains("spread over 2 logs, and here over 1")
        }
    }
}
