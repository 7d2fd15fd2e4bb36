@testable import Fetching

/// A robots.txt, and behind a zero a path.
enum RobotsFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let rules = RobotsRules(parsing: parts[0], for: "weir")
        let path = "/" + String(decoding: parts.dropFirst().first ?? [], as: UTF8.self)
        let isAllowed = rules.allows(path)
        try FuzzTarget.require(rules.allows("/robots.txt"), "robots.txt itself is disallowed")
        try FuzzTarget.require(rules.crawlDelay.map { $0 >= .zero } ?? true, "a crawl delay below zero")
        let marked = RobotsRules(parsing: [0xEF, 0xBB, 0xBF] + parts[0], for: "weir")
        try FuzzTarget.require(
            parts[0].starts(with: [0xEF, 0xBB, 0xBF]) || marked.allows(path) == isAllowed,
            "a byte order mark changes what is allowed")
    }
}
