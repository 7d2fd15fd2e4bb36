/// A set of small whole numbers that finds its next member without going through those between: a tree of bits, 64 to
/// a node, whose height is that of the largest number ever inserted.
struct SlotSet: Sendable {
    /// A bit for each number, then one for each word of the level below that is not nought, and so on up to one word.
    private var levels: [[UInt64]] = [[0]]

    /// Words that finding the next member looks at, at most twice each.
    var height: Int { levels.count }

    /// - Parameter number: at least 0; as many bits are kept.
    mutating func insert(_ number: Int) {
        grow(to: number)
        var index = number
        for level in levels.indices {
            levels[level][index >> 6] |= 1 << UInt64(index & 63)
            index >>= 6
        }
    }

    mutating func remove(_ number: Int) {
        guard contains(number) else { return }
        var index = number
        for level in levels.indices {
            levels[level][index >> 6] &= ~(1 << UInt64(index & 63))
            guard levels[level][index >> 6] == 0 else { return }
            index >>= 6
        }
    }

    func contains(_ number: Int) -> Bool {
        number >= 0 && number >> 6 < levels[0].count && levels[0][number >> 6] & 1 << UInt64(number & 63) != 0
    }

    /// The smallest member that is no smaller than a number.
    func next(from number: Int) -> Int? {
        var index = max(0, number)
        for level in levels.indices {
            let word = index >> 6
            guard word < levels[level].count else { return nil }
            let rest = levels[level][word] & ~0 << UInt64(index & 63)
            guard rest == 0 else { return smallest(below: word << 6 | rest.trailingZeroBitCount, at: level) }
            index = word + 1
        }
        return nil
    }

    /// Members from one on, in ascending order.
    func members(from first: Int) -> some Sequence<Int> {
        sequence(state: first) { start in
            guard let member = next(from: start) else { return nil }
            start = member + 1
            return member
        }
    }

    private func smallest(below index: Int, at level: Int) -> Int {
        levels[..<level].reversed().reduce(index) { $0 << 6 | $1[$0].trailingZeroBitCount }
    }

    private mutating func grow(to number: Int) {
        var words = number >> 6 + 1
        for level in 0... {
            if level == levels.count { levels.append([levels[level - 1][0] == 0 ? 0 : 1]) }
            let missing = words - levels[level].count
            if missing > 0 { levels[level] += repeatElement(0, count: missing) }
            guard levels[level].count > 1 else { return }
            words = (levels[level].count + 63) / 64
        }
    }
}
