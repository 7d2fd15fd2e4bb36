import HTTPCaching
import Synchronization

extension CacheStore {
    func remove(_ entry: CacheEntry) async {
        await forget([entry.place])
    }

    /// What has been invalidated so far.
    var epoch: Invalidations.Epoch { invalidations.withLock { $0.epoch } }

    /// Whether a response that was requested in `epoch` has been invalidated since.
    func isInvalidated(
        _ response: StoredResponse, at address: WebAddress, since epoch: Invalidations.Epoch
    ) -> Bool {
        let groups = CacheGroup.joined(by: response.fields, at: address)
        let scopes =
            [.url(CacheKey(address)), .host(address.host), .everything] + groups.map { Invalidations.Scope.group($0) }
        return invalidations.withLock { $0.contains(anyOf: scopes, since: epoch) }
    }

    /// Removes what is stored for a URL; what was requested before is not stored any more.
    ///
    /// - Returns: what was stored.
    @discardableResult
    func invalidate(_ address: WebAddress) async -> [CacheEntry] {
        let key = CacheKey(address)
        invalidations.withLock { $0.record(.url(key)) }
        let entries = await entries(for: key)
        await forget(entries.map(\.place))
        return entries
    }

    /// Removes what belongs to a group, a little at a time: others write in between.
    func invalidate(_ group: CacheGroup) async {
        invalidations.withLock { $0.record(.group(group)) }
        do {
            while case let places = try await index.places(group: group, 256), !places.isEmpty {
                guard await forget(places) else { return }
            }
        } catch {
            complain("a group cannot be removed", error)
        }
    }

    /// Removes what is stored for a URL.
    ///
    /// - Returns: how many responses those were.
    @discardableResult
    package func remove(_ address: WebAddress) async -> Int {
        await invalidate(address).count
    }

    /// Removes what is stored of a host; of all hosts without one.
    ///
    /// - Returns: how many responses those were.
    package func removeAll(host: String? = nil) async throws -> Int {
        invalidations.withLock { $0.record(host.map { .host($0) } ?? .everything) }
        let places = try await index.places(host: host)
        await forget(places)
        return places.count
    }
}
