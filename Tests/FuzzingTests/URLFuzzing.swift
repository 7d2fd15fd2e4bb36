@testable import Fetching

/// A page's address, and behind a line break a link on it.
enum URLFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
        guard let first = lines.first, let page = try? WebAddress(parsing: String(first)) else { return }
        try check(page)
        try check(page.withoutTrackers)
        if lines.count > 1, let link = try? page.resolving(String(lines[1])) { try check(link) }
    }

    private static func check(_ address: WebAddress) throws {
        let text = address.text
        guard let again = try? WebAddress(parsing: text) else {
            throw FuzzTarget.Broken(description: "'\(text)' is not read again")
        }
        try FuzzTarget.require(again == address && again.text == text, "'\(text)' is read as '\(again.text)'")
        try FuzzTarget.require(!address.host.isEmpty, "no host")
        try FuzzTarget.require((1...65_535).contains(address.port), "port \(address.port)")
        try FuzzTarget.require(text.hasPrefix(address.origin + "/"), "'\(text)' does not begin with its origin")
        try FuzzTarget.require(text == address.origin + address.target, "'\(text)' is not its origin and target")
        try FuzzTarget.require(
            text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#""<>\^`{|}"#.utf8.contains($0) },
            "'\(text)' has characters that no URL has")
        let segments = address.path.lowercased().split(separator: "/").map { $0.replacing("%2e", with: ".") }
        try FuzzTarget.require(!segments.contains { $0 == "." || $0 == ".." }, "'\(text)' has dot segments")
    }
}
