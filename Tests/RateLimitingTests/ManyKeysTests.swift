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
