/// What a host's robots.txt says to one crawler (Robots Exclusion Protocol, RFC 9309).
package struct RobotsRules: Hashable, Sendable {
    /// Each rule once, those that decide before others first.
    private let rules: [RobotsRule]
    /// The rest between two requests that the host asks for; not part of the RFC, but widespread.
    package let crawlDelay: Duration?

    /// For a host without a robots.txt (RFC 9309, section 2.3.1.3).
    package static let allowAll = RobotsRules(rules: [], crawlDelay: nil)
    /// For a host whose robots.txt cannot be reached (RFC 9309, section 2.3.1.4).
    package static let disallowAll = RobotsRules(
        rules: [RobotsRule(isAllowing: false, value: Array("/".utf8)[...])], crawlDelay: nil)

    init(rules: Set<RobotsRule>, crawlDelay: Duration?) {
        self.rules = rules.sorted { $0.decides(before: $1) }
        self.crawlDelay = crawlDelay
    }

    /// Whether the crawler may fetch a URL with this path and query (RFC 9309, section 2.2.2).
    ///
    /// It takes at most the octets of all patterns times a 64th of those of the path, whatever either of them holds.
    package func allows(_ pathAndQuery: String) -> Bool {
        let path = RobotsEncoding.path(pathAndQuery)
        guard !path.elementsEqual("/robots.txt".utf8) else { return true }
        var matcher = RobotsMatcher(path: path)
        return rules.first { matcher.matches($0.pattern) }?.isAllowing ?? true
    }
}
