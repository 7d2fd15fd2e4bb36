/// Names a waiter within its limiter, in order of arrival.
struct WaiterID: Hashable, Comparable, Sendable {
    let arrival: UInt64

    static func < (left: WaiterID, right: WaiterID) -> Bool { left.arrival < right.arrival }
}

/// A request whose answer is still to come.
struct Waiter: Sendable {
    enum Stage: Hashable, Sendable {
        /// A slot on one of its keys is taken, or an earlier waiter stands in front.
        case queued
        /// Its units and its keys' slots are booked; it starts then.
        case booked(Timestamp)
        /// Its start has come, but no slot is free over all keys.
        case ready(Timestamp)
    }

    let request: AcquireRequest
    let claims: NonEmpty<ResolvedClaim>
    /// How long it may wait in all, in microseconds.
    let bound: Int64
    let deadline: Timestamp
    var stage = Stage.queued
    /// Where its booking stands among those of all keys; `nil` while it has none.
    var order: UInt64?

    /// Where its keys are in the key table.
    var slots: some Collection<Int> { claims.lazy.map(\.slot) }

    var asked: Timestamp { deadline.advanced(by: -bound) }

    /// When something has to be done about it, if nothing happens before.
    var due: Timestamp {
        switch stage {
        case .queued, .ready: deadline
        case .booked(let start): start
        }
    }
}

/// When to look at a waiter.
struct Wake: Comparable, Sendable {
    let time: Timestamp
    let waiter: WaiterID

    static func < (left: Wake, right: Wake) -> Bool { (left.time, left.waiter) < (right.time, right.waiter) }
}

extension Waiter: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(request)
        bytes.write(NonEmpty(claims.first.slot, claims.others.map(\.slot)))
        bytes.write(bound)
        bytes.write(deadline)
        bytes.write(stage)
        bytes.write(order)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let request = try AcquireRequest(from: &bytes)
        let slots = try NonEmpty<Int>(from: &bytes)
        guard slots.count == request.claims.count else { throw MalformedBytes("a waiter of other keys than it claims") }
        func claim(_ index: Int) -> ResolvedClaim {
            ResolvedClaim(slot: slots[index], weight: request.claims[index].weight, origin: index)
        }
        self.init(
            request: request, claims: NonEmpty(claim(0), slots.indices.dropFirst().map(claim)),
            bound: try bytes.read(), deadline: try bytes.read(), stage: try bytes.read(), order: try bytes.read())
    }
}

extension Waiter.Stage: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        switch self {
        case .queued: bytes.write(0)
        case .booked(let start):
            bytes.write(1)
            bytes.write(start)
        case .ready(let start):
            bytes.write(2)
            bytes.write(start)
        }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        switch try Int(from: &bytes) {
        case 0: self = .queued
        case 1: self = .booked(try bytes.read())
        case 2: self = .ready(try bytes.read())
        case let stage: throw MalformedBytes("\(stage) is no stage of a waiter")
        }
    }
}
