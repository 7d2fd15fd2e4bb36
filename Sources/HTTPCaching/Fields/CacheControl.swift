package import HTTPTypes

/// The directives of `Cache-Control` (RFC 9111, section 5.2), of a request or a response.
package struct CacheControl: Hashable, Sendable {
    /// What `no-cache` and `private` apply to.
    package enum Scope: Hashable, Sendable {
        case none
        case fields(Set<HTTPField.Name>)
        case response
    }

    package private(set) var noStore = false
    package private(set) var noCache = Scope.none
    package private(set) var isPrivate = Scope.none
    package private(set) var isPublic = false
    package private(set) var mustRevalidate = false
    package private(set) var proxyRevalidate = false
    package private(set) var mustUnderstand = false
    package private(set) var onlyIfCached = false
    /// RFC 8246.
    package private(set) var isImmutable = false
    /// Seconds, as all that follow; an unreadable number counts as 0, so that what it was to bound is stale.
    package private(set) var maxAge: Int64?
    package private(set) var sharedMaxAge: Int64?
    package private(set) var minFresh: Int64?
    /// ``CacheControl/unlimited`` where the request names no number.
    package private(set) var maxStale: Int64?
    /// RFC 5861.
    package private(set) var staleWhileRevalidate: Int64?
    /// RFC 5861.
    package private(set) var staleIfError: Int64?

    /// What larger numbers count as (RFC 9111, section 1.2.2).
    package static let unlimited: Int64 = 1 << 31

    package init(_ fields: HTTPFields) {
        for member in FieldList.members(of: .cacheControl, in: fields) {
            let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            apply(
                parts[0].lowercased(),
                parts.count == 2 ? FieldList.unquoted(FieldList.trimmed(parts[1])) : nil)
        }
    }

    init() {}

    mutating func apply(_ name: String, _ argument: String?) {
        switch name {
        case "no-store": noStore = true
        case "no-cache": noCache.add(argument)
        case "private": isPrivate.add(argument)
        case "public": isPublic = true
        case "must-revalidate": mustRevalidate = true
        case "proxy-revalidate": proxyRevalidate = true
        case "must-understand": mustUnderstand = true
        case "only-if-cached": onlyIfCached = true
        case "immutable": isImmutable = true
        case "max-age": Self.note(argument, in: &maxAge)
        case "s-maxage": Self.note(argument, in: &sharedMaxAge)
        case "min-fresh": Self.note(argument, in: &minFresh)
        case "max-stale": Self.note(argument ?? String(Self.unlimited), in: &maxStale)
        case "stale-while-revalidate": Self.note(argument, in: &staleWhileRevalidate)
        case "stale-if-error": Self.note(argument, in: &staleIfError)
        default: break
        }
    }

    /// Where a directive is repeated with different numbers, what it bounds is taken for stale (RFC 9111, section 4.2.1).
    private static func note(_ argument: String?, in directive: inout Int64?) {
        let seconds = argument.flatMap(DeltaSeconds.parse) ?? 0
        directive = directive.map { $0 == seconds ? seconds : 0 } ?? seconds
    }
}

extension CacheControl.Scope {
    fileprivate mutating func add(_ argument: String?) {
        guard let argument else {
            self = .response
            return
        }
        let members = FieldList.split(argument[...])
        let names = members.compactMap { HTTPField.Name(String($0)) }
        // Fields that cannot be told apart from others: then it is about all of them.
        guard !names.isEmpty, names.count == members.count else {
            self = .response
            return
        }
        switch self {
        case .response: break
        case .none: self = .fields(Set(names))
        case .fields(let others): self = .fields(others.union(names))
        }
    }
}

/// `delta-seconds` (RFC 9111, section 1.2.2).
enum DeltaSeconds {
    static func parse(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return min(Int64(text) ?? CacheControl.unlimited, CacheControl.unlimited)
    }
}
