/// A path that is held against one pattern after the other (RFC 9309, sections 2.2.2 and 2.2.3).
///
/// Both are written by strangers. So it follows all ways in which a pattern can match at once, one bit each, and no
/// number of stars makes a pattern cost more than its octets times a 64th of the path's.
struct RobotsMatcher {
    private let length: Int
    private let words: Int
    /// For each ASCII octet: at which places of the path it stands.
    private let places: [UInt64]
    /// The places that the pattern so far leads to, from the path's start, 0, to its end, ``length``.
    private var reached: [UInt64]
    /// The words of ``reached`` that count; the others are left over from an earlier pattern.
    private var active = 0...0

    /// - Parameter path: As ``RobotsEncoding`` writes it, so all ASCII.
    init(path: [UInt8]) {
        length = path.count
        words = path.count / 64 + 1
        var places = [UInt64](repeating: 0, count: 128 * words)
        for (place, octet) in path.enumerated() {
            places[Int(octet & 127) * words + place / 64] |= 1 << UInt64(place % 64)
        }
        self.places = places
        reached = [UInt64](repeating: 0, count: words)
    }

    /// Whether the path begins with what the pattern describes, and ends with it where the pattern ends with `$`.
    mutating func matches(_ pattern: [UInt8]) -> Bool {
        reached[0] = 1
        active = 0...0
        for octet in pattern {
            switch octet {
            case UInt8(ascii: "$"): return isEndReached
            case UInt8(ascii: "*"): reachAllThatFollows()
            default: guard advance(over: octet) else { return false }
            }
        }
        return true
    }

    private var isEndReached: Bool {
        active.contains(length / 64) && reached[length / 64] >> UInt64(length % 64) & 1 == 1
    }

    /// Goes one place on from those where `octet` stands; false when it stands at none.
    private mutating func advance(over octet: UInt8) -> Bool {
        let row = Int(octet & 127) * words
        var carry: UInt64 = 0
        var all: UInt64 = 0
        for word in active {
            let met = reached[word] & places[row + word]
            reached[word] = met << 1 | carry
            carry = met >> 63
            all |= reached[word]
        }
        var (first, last) = (active.lowerBound, active.upperBound)
        if carry == 1 {
            last += 1
            reached[last] = carry
        }
        if first < last, reached[first] == 0 { first += 1 }
        active = first...last
        return all | carry != 0
    }

    /// A star leads from the first place reached to every place after it. Bits past the path's end do no harm: no octet
    /// stands there.
    private mutating func reachAllThatFollows() {
        guard let first = active.first(where: { reached[$0] != 0 }) else { return }
        reached[first] |= 0 &- (reached[first] & (0 &- reached[first]))
        for word in (first + 1)..<words { reached[word] = .max }
        active = first...(words - 1)
    }
}
