extension RobotsRules {
    /// What is read of a robots.txt (RFC 9309, section 2.5); it has room for 64,000 rules of eight octets each.
    package static let parsedBytes = 500 << 10

    /// Reads the groups that name `productToken`, or else those that name `*`.
    ///
    /// Of longer files at least one byte more than ``parsedBytes`` has to be given: it tells whether the last line was
    /// cut. Such a line is dropped, as half a path would forbid or allow too much.
    package init(parsing bytes: some Collection<UInt8>, for productToken: String) {
        var unread = Array(bytes.prefix(Self.parsedBytes + 1))[...]
        if unread.count > Self.parsedBytes, let end = unread.lastIndex(where: RobotsLine.isEnd) {
            unread = unread[...end]
        }
        if unread.starts(with: [0xEF, 0xBB, 0xBF]) { unread.removeFirst(3) }
        var groups = RobotsGroups(productToken: productToken)
        while !unread.isEmpty {
            let line = unread.prefix { !RobotsLine.isEnd($0) }
            unread = unread.dropFirst(line.count + 1)
            if let line = RobotsLine(parsing: line) { groups.read(line) }
        }
        self = groups.rules
    }
}
