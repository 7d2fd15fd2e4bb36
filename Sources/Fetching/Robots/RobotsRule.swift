/// An "allow" or "disallow" line of robots.txt (RFC 9309, section 2.2.2).
struct RobotsRule: Hashable, Sendable {
    let isAllowing: Bool
    /// As ``RobotsEncoding`` writes it: `*` stands for any octets, and `$`, only ever the last octet, for the path's end.
    let pattern: [UInt8]

    init(isAllowing: Bool, value: ArraySlice<UInt8>) {
        self.isAllowing = isAllowing
        pattern = RobotsEncoding.pattern(value)
    }

    /// Where both match, the longer pattern decides, and of two of the same length the one that allows.
    func decides(before other: RobotsRule) -> Bool {
        if pattern.count != other.pattern.count { return pattern.count > other.pattern.count }
        if isAllowing != other.isAllowing { return isAllowing }
        return pattern.lexicographicallyPrecedes(other.pattern)
    }
}
