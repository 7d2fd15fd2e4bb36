/// What one key's limits look like at a moment.
package struct Usage: Hashable, Sendable {
    package struct WindowUsage: Hashable, Sendable {
        package let rate: Rate
        /// Units that may still start at this moment.
        package let remaining: Int
        /// When the oldest unit counted now leaves the window; `nil` when none is counted.
        package let resets: Timestamp?
    }

    package let key: LimitKey
    package let windows: [WindowUsage]
    /// Leases held.
    package let inFlight: Int
    package let maxConcurrent: Int?
    /// Callers that wait.
    package let waiting: Int
    package let mode: Policy.Mode
    /// Scales the windows' units.
    package let multiplier: Double
    package let pause: Pause?
}

/// Which part of a list is asked for.
package struct ListRequest: Hashable, Sendable {
    /// `nil` stands for all hosts.
    package var host: String?
    package var role: String?
    /// Where to go on, as the page before said.
    package var cursor: Int
    package var limit: Int

    package init(host: String? = nil, role: String? = nil, cursor: Int = 0, limit: Int = 100) {
        self.host = host
        self.role = role
        self.cursor = cursor
        self.limit = limit
    }

    func includes(_ key: LimitKey) -> Bool {
        (host ?? key.host) == key.host && (role ?? key.role) == key.role
    }
}

/// A part of a list.
package struct ListPage<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// Where the next page begins; `nil` after the last one.
    package let next: Int?
}

/// A lease as it is shown.
package struct LeaseReport: Hashable, Sendable {
    package let id: LeaseID
    package let claims: [AcquireRequest.Claim]
    package let client: String?
    package let start: Timestamp
    package let expires: Timestamp
}

/// What a limiter holds over all keys.
package struct LimiterTotals: Hashable, Sendable {
    package let inFlight: Int
    package let waiting: Int
    package let keys: Int
}

/// Something that happened to limits rather than to one request.
package enum LimiterEvent: Hashable, Sendable {
    case paused(PauseScope, Pause)
    case resumed(PauseScope)
    case adjusted(LimitKey, Adaptation.Change)
    /// Nothing starts until so many instances have told what they know of.
    case recovering(Int)
    /// All of them have, or it took them too long.
    case recovered
}
