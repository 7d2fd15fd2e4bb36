extension CacheStore {
    func remove(_ entry: CacheEntry) async {
        await forget([entry.place])
    }

    func remove(_ entries: [CacheEntry]) async {
        await forget(entries.map(\.place))
    }

    /// Removes what belongs to a group, a little at a time: others write in between.
    func remove(_ group: CacheGroup) async {
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
        let places = await entries(for: CacheKey(address)).map(\.place)
        await forget(places)
        return places.count
    }

    /// Removes what is stored of a host; of all hosts without one.
    ///
    /// - Returns: how many responses those were.
    package func removeAll(host: String? = nil) async throws -> Int {
        let places = try await index.places(host: host)
        await forget(places)
        return places.count
    }
}
