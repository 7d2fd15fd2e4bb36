/// Start times in ascending order in a ring that grows as it fills, up to a bound that is given with each addition.
struct StartRing: Sendable {
    private var slots: [Int64] = []
    /// Where the oldest entry is.
    private var head = 0
    private(set) var count = 0

    /// Entries that there is memory for.
    var capacity: Int { slots.capacity }

    var isFull: Bool { count == slots.count }

    subscript(index: Int) -> Int64 {
        get { slots[slot(of: index)] }
        set { slots[slot(of: index)] = newValue }
    }

    /// Adds an entry behind all others. Where the ring is full at its bound, the oldest entry leaves first.
    ///
    /// - Returns: the entry that left.
    mutating func append(_ start: Int64, bound: Int) -> Int64? {
        if isFull { grow(towards: bound) }
        let oldest = isFull ? popFirst() : nil
        count += 1
        self[count - 1] = start
        return oldest
    }

    mutating func popFirst() -> Int64? {
        guard count > 0 else { return nil }
        let oldest = self[0]
        head = head + 1 == slots.count ? 0 : head + 1
        count -= 1
        return oldest
    }

    /// Takes out the entries of a range; those behind it move up.
    mutating func remove(_ range: Range<Int>) {
        for index in range.upperBound..<count { self[index - range.count] = self[index] }
        count -= range.count
    }

    /// The first entry that is later than `time`, or ``count``.
    func firstIndex(after time: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Makes one entry of two neighbours, the later one, from the newest pair on.
    mutating func mergePairs() {
        let merged = stride(from: count - 1, through: 0, by: -2).map { self[$0] }
        slots = merged.reversed()
        head = 0
        count = slots.count
    }

    private func slot(of index: Int) -> Int {
        let slot = head + index
        return slot < slots.count ? slot : slot - slots.count
    }

    private mutating func grow(towards bound: Int) {
        let size = min(bound, max(4, slots.count * 2))
        guard size > slots.count else { return }
        var grown: [Int64] = []
        grown.reserveCapacity(size)
        for index in 0..<count { grown.append(self[index]) }
        grown.append(contentsOf: repeatElement(0, count: size - count))
        slots = grown
        head = 0
    }
}

extension StartRing: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(slots.count)
        bytes.write(unsigned: UInt64(count))
        var last: Int64 = 0
        for index in 0..<count {
            bytes.write(self[index] &- last)
            last = self[index]
        }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let size = try Int(from: &bytes)
        let count = try bytes.readCount()
        guard count <= size, size <= 2 * WindowLog.exactUnits else { throw MalformedBytes("a ring of \(size) slots") }
        slots = Array(repeating: 0, count: size)
        var last: Int64 = 0
        for index in 0..<count {
            last &+= try Int64(from: &bytes)
            slots[index] = last
        }
        self.count = count
    }
}
