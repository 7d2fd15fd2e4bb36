import DequeModule

/// A bounded memory of leases that ended, so that a second release and a late one can be told apart.
struct EndedLeases: Sendable {
    private let capacity: Int
    private var order: Deque<UInt64> = []
    private var released: Set<UInt64> = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func recordRelease(of number: UInt64) {
        if order.count == capacity, let oldest = order.popFirst() {
            released.remove(oldest)
        }
        order.append(number)
        released.insert(number)
    }

    func wasReleased(_ number: UInt64) -> Bool {
        released.contains(number)
    }
}
