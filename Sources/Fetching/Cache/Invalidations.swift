/// What was invalidated, and when. A response that was requested before describes what was then, and is not stored after it.
///
/// Bounded: after ``limit`` invalidations the oldest are forgotten, and every request from before counts as invalidated.
struct Invalidations {
    enum Scope: Hashable {
        case url(CacheKey)
        case group(CacheGroup)
        case host(String)
        case everything
    }

    /// Counts invalidations.
    typealias Epoch = Int

    private(set) var epoch: Epoch = 0
    private var latest: [Scope: Epoch] = [:]
    /// All up to this one are forgotten.
    private var forgotten: Epoch = 0

    static let limit = 4096

    mutating func record(_ scope: Scope) {
        if latest.count >= Self.limit {
            latest = [:]
            forgotten = epoch
        }
        epoch += 1
        latest[scope] = epoch
    }

    /// Whether one of the scopes was invalidated after `start`.
    func contains(anyOf scopes: [Scope], since start: Epoch) -> Bool {
        forgotten > start || scopes.contains { latest[$0, default: 0] > start }
    }
}
