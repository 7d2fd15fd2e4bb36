import TestSupport
import Testing

@testable import RateLimiting

/// What is done about one key, or a page of them, costs what these cost, however many others there are.
struct ManyKeysTests {
    private static let start = Timestamp(microseconds: 0)

    private func at(_ seconds: Double) -> Timestamp { Self.start.advanced(by: Int64(seconds * 1_000_000)) }

    private func request(_ host: String, _ role: String = "r", hold: Bool = true, client: String? = nil)
        -> AcquireRequest
    {
        AcquireRequest(
            claims: [.init(key: LimitKey(host: host, role: role))], wait: .client, hold: hold,
            leaseTTLMilliseconds: 10_000, client: client)
    }

    private func limiter(
        _ hosts: Int = 0, rates: [String] = ["100/SECOND"], maxConcurrent: Int? = nil, globalMaxInflight: Int = 100_000
    ) throws -> LimiterState {
        let patch = PolicyPatch(
            rates: try rates.map { try Rate(parsing: $0) }, maxDelayMilliseconds: 0, maxConcurrent: maxConcurrent)
        let document = LimitsDocument(defaults: ["r": patch, "s": patch], globalMaxInflight: globalMaxInflight)
        var state = LimiterState(table: LimitTable(version: 1, document: document), nonce: 1, maxWaiters: 10)
        for number in 0..<hosts { _ = try state.acquire(request("h\(number)", hold: false), at: Self.start) }
        return state
    }

    @Test("A check looks at the request's keys alone, and leaves nothing behind")
    func excerpt() throws {
        let state = try limiter(5000)
        for host in ["h17", "unknown"] {
            let request = request(host)
            #expect(state.excerpt(of: request.claims.map(\.key), at: at(1)).keys.count == (host == "h17" ? 1 : 0))
            #expect(try state.check(request, at: at(1)).grant != nil)
        }
        #expect(state.totals.keys == 5000)
        #expect(state.usage(ListRequest(host: "h17"), at: at(0.5)).elements.first?.windows.first?.remaining == 99)
    }

    @Test("A check of a time to come counts no leases that have expired by then", arguments: [true, false])
    func expired(_ isOfKey: Bool) throws {
        var state = try limiter(maxConcurrent: isOfKey ? 1 : nil, globalMaxInflight: isOfKey ? 100 : 1)
        _ = try state.acquire(request("a"), at: Self.start)
        #expect(try state.check(request("a"), at: at(9.9)).denial?.retryAt == at(10))
        #expect(try state.check(request("a"), at: at(10)).grant != nil)
        #expect(state.usage(ListRequest(), at: at(10)).elements.first?.inFlight == 0)
        #expect(state.leases(ListRequest(), client: nil, at: at(10)).elements.isEmpty)
        #expect(state.totals.inFlight == 1, "until the next event")
    }

    @Test("A check of a host that the table has no room for says when there is, and nothing is dropped for it")
    func full() throws {
        let patch = PolicyPatch(rates: [try Rate(parsing: "1/10SECOND")], maxDelayMilliseconds: 0)
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": patch]))
        var state = LimiterState(table: table, nonce: 1, maxWaiters: 1, maxKeys: 2)
        for host in ["a", "b"] { _ = try state.acquire(request(host, hold: false), at: Self.start) }
        state.advance(to: at(0.5))
        let denial = try state.check(request("c"), at: at(1)).denial
        #expect(denial?.violations.map(\.limit) == [.maxKeys(2)] && denial?.retryAt == at(10))
        #expect(try state.check(request("c"), at: at(10)).grant != nil)
        #expect(state.totals.keys == 2)
    }

    @Test("A page of one role's keys is full, whatever the other roles have")
    func roles() throws {
        var state = try limiter(1000)
        for number in 0..<7 { _ = try state.acquire(request("s\(number)", "s", hold: false), at: Self.start) }
        for number in 1000..<2000 { _ = try state.acquire(request("h\(number)", hold: false), at: Self.start) }
        var sizes: [Int] = []
        var hosts: Set<String> = []
        var cursor: Int? = 0
        while let next = cursor {
            let page = state.usage(ListRequest(role: "s", cursor: next, limit: 3), at: Self.start)
            sizes.append(page.elements.count)
            hosts.formUnion(page.elements.map(\.key.host))
            cursor = page.next
        }
        #expect(sizes == [3, 3, 1] && hosts == Set((0..<7).map { "s\($0)" }))
        #expect(state.usage(ListRequest(role: "x"), at: Self.start).elements.isEmpty)
        for cursor in [-1, .max, .min] {
            #expect(state.usage(ListRequest(role: "s", cursor: cursor), at: Self.start).next == nil)
            #expect(state.leases(ListRequest(cursor: cursor), client: nil, at: Self.start).next == nil)
        }
    }

    @Test("The pages of a client's leases are bounded in what they look at, and together they have all of them")
    func leases() throws {
        var state = try limiter(rates: [])
        for number in 0..<25_000 {
            let client = number % 5000 == 4999 ? "me" : "other"
            _ = try state.acquire(request("h\(number % 3)", client: client), at: Self.start)
        }
        var found: [Int] = []
        var cursor: Int? = 0
        while let next = cursor {
            let page = state.leases(ListRequest(cursor: next, limit: 3), client: "me", at: Self.start)
            found.append(page.elements.count)
            cursor = page.next
        }
        #expect(found == [2, 2, 1])
        let page = state.leases(ListRequest(host: "h0", limit: 1000), client: "me", at: Self.start)
        #expect(page.elements.count == (0..<25_000).count { $0 % 5000 == 4999 && $0 % 3 == 0 } && page.next == nil)
    }

    @Test("Of leases that were taken over, those stay that have not ended, in a checkpoint too")
    func adopted() throws {
        var table = LeaseTable(nonce: 1)
        let ids = (1...100).map { LeaseID(nonce: 2, number: $0, place: 7) }
        var places: [UInt32] = []
        for id in ids {
            let holding = NonEmpty(Holding(key: 0, weight: 0, entry: nil))
            let lease = table.insert(holding, start: Self.start, expires: at(1), client: nil, adopting: id)
            places.append(lease.place)
        }
        var bytes = ByteWriter()
        bytes.write(table)
        var reader = ByteReader(bytes.bytes)
        table = try reader.read()
        for (id, place) in zip(ids, places) where id.number % 2 == 0 {
            #expect(table.remove(place, isReleased: true) != nil)
        }
        for id in ids { #expect(table.hasAdopted(id) == (id.number % 2 == 1)) }
        // Another lease at the same place is none of them.
        let holding = NonEmpty(Holding(key: 0, weight: 0, entry: nil))
        let later = table.insert(holding, start: Self.start, expires: at(1), client: nil)
        _ = table.remove(later.place, isReleased: true)
        #expect(ids.count { table.hasAdopted($0) } == 50)
    }

    @Test("A waiter in a checkpoint has as many keys as it claims, or is malformed")
    func waiters() throws {
        for others in [[], [1]] {
            var bytes = ByteWriter()
            bytes.write(request("a"))
            bytes.write(NonEmpty(0, others))
            bytes.write(Int64(0))
            bytes.write(Self.start)
            bytes.write(Waiter.Stage.queued)
            bytes.write(UInt64?.none)
            var reader = ByteReader(bytes.bytes)
            if others.isEmpty {
                #expect(try Waiter(from: &reader).claims.map(\.weight) == [1])
            } else {
                #expect(throws: MalformedBytes.self) { try Waiter(from: &reader) }
            }
        }
    }

    @Test("Limits are divided, and closed for a recovery, in place: no key is copied")
    func inPlace() throws {
        var state = try limiter(100)
        func address() -> UnsafeRawPointer { withUnsafePointer(to: &state.keys[0]) { UnsafeRawPointer($0) } }
        func remaining(at time: Timestamp) -> Set<Int> {
            Set(state.usage(ListRequest(), at: time).elements.flatMap(\.windows).map(\.remaining))
        }
        let before = address()
        let instance = Instance(id: 1, name: "i", version: "0")
        _ = state.perform(.present(instance, at: Self.start, share: Share(oneOf: 4)), at: Self.start)
        _ = state.perform(.advance, at: at(2))
        #expect(remaining(at: at(2)) == [75], "all but what is set aside")
        _ = state.perform(.recover([1]), at: at(2))
        _ = state.perform(.advance, at: at(2))
        #expect(state.usage(ListRequest(), at: at(2)).elements.allSatisfy { $0.pause?.reason == .recovery })
        _ = state.perform(.returned(instance, at: at(2.5), []), at: at(2.5))
        #expect(remaining(at: at(2.5)) == [100])
        #expect(address() == before)
    }

    @Test("A set of slots is what a plain set is, and finds the next of sixteen million in four steps")
    func slots() {
        for index in 0..<50 {
            let seed = TestSeed.current &+ UInt64(index)
            var random = SeededGenerator(seed: seed)
            var slots = SlotSet()
            var plain: Set<Int> = []
            let bound = [60, 5000, 300_000][index % 3]
            for _ in 0..<200 {
                let number = random.number(0...bound)
                if random.chance(60) {
                    slots.insert(number)
                    plain.insert(number)
                } else {
                    slots.remove(number)
                    plain.remove(number)
                }
                let from = random.number(0...bound)
                #expect(slots.next(from: from) == plain.filter { $0 >= from }.min(), "seed \(seed)")
            }
            #expect(Array(slots.members(from: 0)) == plain.sorted(), "seed \(seed)")
        }
        var large = SlotSet()
        large.insert(1 << 24 - 1)
        #expect(large.height == 4 && large.next(from: 0) == 1 << 24 - 1 && large.next(from: .max) == nil)
    }
}
