/// What a set of windows counts: the requests to one host, of one role or of all.
struct LimitKey: Sendable, Hashable, Comparable {
    let host: String
    let role: RequestRole?

    static func < (one: Self, other: Self) -> Bool {
        (one.host, one.role?.rawValue ?? "") < (other.host, other.role?.rawValue ?? "")
    }
}
