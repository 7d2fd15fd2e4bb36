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
    /// Where its keys are in the key table.
    let places: NonEmpty<Int>
    /// How long it may wait in all, in microseconds.
    let bound: Int64
    let deadline: Timestamp
    var stage = Stage.queued
    /// Where its booking stands among those of all keys; `nil` while it has none.
    var order: UInt64?

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
