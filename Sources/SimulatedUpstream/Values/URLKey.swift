/// A URL as it is compared: without scheme, port and fragment, percent-encoding undone.
///
/// Clients differ in what they escape, and the same file must be the same file for all of them.
struct URLKey: Sendable, Hashable, CustomStringConvertible {
    /// The query item that marks the second address of a URL that misbehaves by redirecting to itself.
    static let movedMark = "sim-moved=1"

    let host: String
    /// Path and query, decoded.
    let target: String

    var description: String { host + target }

    init(host: String, target: String) {
        var target = Self.unmarked(target.prefix { $0 != "#" })
        if target.hasSuffix("?") { target = target.dropLast() }
        self.host = Self.hostName(host)
        self.target = (target.hasPrefix("/") ? "" : "/") + PercentEncoding.decode(target)
    }

    /// Path and query without the mark.
    static func unmarked<Target: StringProtocol>(_ target: Target) -> Substring where Target.SubSequence == Substring {
        guard target.hasSuffix(movedMark), let sign = target.dropLast(movedMark.count).last, sign == "?" || sign == "&"
        else { return target[...] }
        return target.dropLast(movedMark.count + 1)
    }

    /// Reads an absolute URL.
    init?(_ url: String) {
        guard let (authority, target) = Self.split(url), !authority.isEmpty else { return nil }
        self.init(host: String(authority), target: String(target))
    }

    /// Authority and the rest of an absolute http URL.
    static func split(_ url: String) -> (authority: Substring, target: Substring)? {
        for scheme in ["http://", "https://"] where url.prefix(scheme.count).lowercased() == scheme {
            let rest = url.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
            return (rest[..<end], rest[end...])
        }
        return nil
    }

    /// The lower-case host of an authority, port dropped.
    static func hostName(_ authority: String) -> String {
        let end = authority.lastIndex(of: ":") ?? authority.endIndex
        let isPort = authority[end...].dropFirst().allSatisfy(\.isNumber)
        return (isPort ? String(authority[..<end]) : authority).lowercased()
    }
}
