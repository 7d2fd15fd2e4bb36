package import HTTPTypes

/// What a cache did with a request, for `Cache-Status` (RFC 9211).
package struct CacheStatus: Hashable, Sendable {
    /// Why a request went on towards the origin (RFC 9211, section 2.2).
    package enum Forwarding: String, Hashable, Sendable {
        /// The cache was not to handle it.
        case bypass
        case method
        case uriMiss = "uri-miss"
        case varyMiss = "vary-miss"
        /// What the request says did not allow what is stored.
        case request
        case stale
        case partial
    }

    package var forwarding: Forwarding?
    /// The status that the origin answered, where it differs from the answer's.
    package var forwardStatus: Int?
    /// Seconds until it is stale; negative when it is.
    package var timeToLive: Int64?
    /// Whether the answer is being stored. The field goes out before the body, so that it tells what is known by then: a body
    /// that breaks off later is not stored, and its client sees that it broke off.
    package var isStored = false
    /// Another request for the same brought the answer.
    package var isCollapsed = false

    package init() {}

    /// Whether the answer was stored before the request came.
    package var isFromStore: Bool { [.hit, .revalidated, .stale].contains(result) }

    /// The same in one word, for logs, metrics and the manifest.
    package enum Result: String, Hashable, Sendable {
        /// Answered with what was stored, the origin not asked.
        case hit
        /// Answered with what was stored, after the origin said that it still holds.
        case revalidated
        /// Answered with what was stored, since the origin failed.
        case stale
        /// The origin answered.
        case miss
        /// The cache was not to handle it.
        case bypass
    }

    package var result: Result {
        switch forwarding {
        case nil: .hit
        case .bypass, .method: .bypass
        case _ where forwardStatus == 304: .revalidated
        case _ where timeToLive != nil: .stale
        default: .miss
        }
    }

    package static let fieldName = HTTPField.Name("Cache-Status")

    /// The field's member for this cache.
    package var text: String {
        var text = "weir"
        if let forwarding {
            text += "; fwd=\(forwarding.rawValue)"
        } else {
            text += "; hit"
        }
        if let forwardStatus { text += "; fwd-status=\(forwardStatus)" }
        if let timeToLive { text += "; ttl=\(timeToLive)" }
        if isStored { text += "; stored" }
        if isCollapsed { text += "; collapsed" }
        return text
    }

    /// Adds it after what caches nearer to the origin said.
    package func add(to fields: inout HTTPFields) {
        guard let name = Self.fieldName else { return }
        fields[name] = fields[name].map { "\($0), \(text)" } ?? text
    }
}
