package import Foundation
import HTTPCaching
package import Logging
import Metrics
import NIOCore
import RateLimiting
import Storage
import Synchronization

/// What was fetched before: an index in SQLite, bodies as files, bounded in size; the longest unused goes first.
///
/// A process that dies leaves nothing torn: a body gets its row when it is whole, and files without rows are removed at
/// the next start. What a disk did to a file is seen by its length and digest before it is served.
package final class CacheStore: Sendable {
    private struct State {
        var hot = HotEntries()
        /// Entries whose file was seen to be what it was.
        var checked: Set<Int64> = []
        /// Entries whose file was not: they are removed before their key is looked up again.
        var condemned: [CacheKey: [CacheEntry]] = [:]
        var used: [Int64: Int64] = [:]
        var bytes: Int64
        var nextID: Int64
    }

    let index: CacheIndex
    let bodies: CacheBodies
    private let maximumBytes: Int64
    private let state: Mutex<State>
    let invalidations = Mutex(Invalidations())
    let logger: Logger

    /// - Parameter maximumBytes: of all bodies together.
    /// - Throws: when the folder cannot be used.
    package init(folder: URL, maximumBytes: Int64, logger: Logger) throws {
        bodies = try CacheBodies(folder: folder)
        index = try CacheIndex(path: folder.appending(path: "index.sqlite").path(percentEncoded: false))
        index.setAside?.log(logger, "the cache begins empty")
        let (files, bytes, newestID) = try index.inventory()
        try bodies.removeAll(but: files)
        state = Mutex(State(bytes: bytes, nextID: newestID + 1))
        self.maximumBytes = maximumBytes
        self.logger = logger
    }

    /// Bodies larger than this are not kept: one of them would drive out most others.
    var largestBody: Int64 { maximumBytes / 4 }

    package var bytes: Int64 { state.withLock { $0.bytes } }

    func entries(for key: CacheKey) async -> [CacheEntry] {
        let (hot, generation) = state.withLock { ($0.hot.entries(for: key), $0.hot.generation) }
        if let hot { return hot }
        for entry in state.withLock({ $0.condemned.removeValue(forKey: key) }) ?? [] { await remove(entry) }
        do {
            let entries = try await index.entries(for: key)
            state.withLock { $0.hot.keep(entries, for: key, readAt: generation) }
            return entries
        } catch {
            complain("the index cannot be read", error)
            return []
        }
    }

    func entries(for key: CacheKey, without lost: Set<Int64>) async -> [CacheEntry] {
        let entries = await entries(for: key)
        return lost.isEmpty ? entries : entries.filter { !lost.contains($0.id) }
    }

    /// The bytes of an entry; `nil` when they are gone or not what they were, and then so is the entry.
    func body(of entry: CacheEntry, _ range: Range<Int64>? = nil) async -> FetchBody? {
        let now = Timestamp.wallClock.microseconds
        let hot = state.withLock { state in
            state.used[entry.id] = now
            return state.hot.body(of: entry)
        }
        let isChecked = state.withLock { $0.checked.contains(entry.id) }
        let range = range ?? 0..<entry.body.length
        if let hot { return FetchBody(hot.getSlice(at: Int(range.lowerBound), length: range.count) ?? hot) }
        guard let handle = bodies.open(entry.body) else {
            await remove(entry)
            return nil
        }
        let isSmall = entry.body.length <= HotEntries.largestBody
        let whole = 0..<entry.body.length
        let check: @Sendable (Bool) -> Void = { [self] isIntact in checked(entry, isIntact) }
        let bytes = StoredBytes(
            handle: handle, body: entry.body, range: isSmall ? whole : range, checked: isChecked ? nil : check)
        guard isSmall else { return FetchBody(bytes) }
        do {
            let buffer = try await FetchBody(bytes).collect()
            state.withLock { $0.hot.keep(buffer, of: entry) }
            return FetchBody(buffer.getSlice(at: Int(range.lowerBound), length: range.count) ?? buffer)
        } catch {
            complain("a body cannot be used", error)
            await remove(entry)
            return nil
        }
    }

    private func checked(_ entry: CacheEntry, _ isIntact: Bool) {
        state.withLock { state in
            if isIntact {
                state.checked.insert(entry.id)
            } else {
                // Its reader fails; nobody else shall.
                state.condemned[entry.key, default: []].append(entry)
                state.hot.drop(entry.key)
            }
        }
    }

    /// Keeps a response with its body, in place of what the same requests chose before; drops it if it was invalidated after
    /// `epoch`, when it was requested.
    func keep(
        _ response: StoredResponse, _ incoming: IncomingBody, key: CacheKey, address: WebAddress, variant: Data,
        requestedIn epoch: Invalidations.Epoch, replacing old: [CacheEntry]
    ) async {
        guard !isInvalidated(response, at: address, since: epoch) else { return incoming.discard() }
        do {
            let body = try bodies.keep(incoming)
            let id = state.withLock { state in
                state.nextID += 1
                return state.nextID
            }
            let entry = CacheEntry(
                id: id, key: key, host: address.host, variant: variant, response: response, body: body)
            do {
                try await index.insert(
                    entry, CacheGroup.joined(by: response.fields, at: address),
                    usedAt: Timestamp.wallClock.microseconds)
            } catch {
                bodies.remove(body.name)
                throw error
            }
            state.withLock { state in
                state.bytes += body.length
                state.checked.insert(id)
                state.hot.drop(key)
            }
            // Who invalidates it from now on finds it.
            let isInvalidated = isInvalidated(response, at: address, since: epoch)
            await forget((isInvalidated ? old + [entry] : old).map(\.place))
            try await evict()
        } catch {
            incoming.discard()
            complain("a response cannot be stored", error)
        }
    }

    /// Writes down new fields of an entry of that address.
    ///
    /// - Returns: whether they are written down.
    @discardableResult
    func update(_ entry: CacheEntry, at address: WebAddress) async -> Bool {
        state.withLock { $0.hot.replace(entry) }
        do {
            try await index.update(entry, CacheGroup.joined(by: entry.response.fields, at: address))
            return true
        } catch {
            complain("an entry cannot be updated", error)
            return false
        }
    }

    /// Several may find out at the same time that something has to go; it is gone once.
    ///
    /// - Returns: whether it is gone.
    @discardableResult
    func forget(_ places: [CacheIndex.Place]) async -> Bool {
        guard !places.isEmpty else { return true }
        let removed: Set<Int64>
        do {
            removed = try await index.remove(places.map(\.id))
        } catch {
            complain("an entry cannot be removed", error)
            return false
        }
        let gone = places.filter { removed.contains($0.id) }
        state.withLock { state in
            for place in gone {
                state.bytes -= place.length
                state.checked.remove(place.id)
                state.used[place.id] = nil
                state.hot.drop(CacheKey(digest: place.key))
            }
        }
        for place in gone { bodies.remove(place.file) }
        return true
    }

    /// Makes room: down to nine tenths, so that not every response has to.
    private func evict() async throws {
        let used = state.withLock { state -> [Int64: Int64]? in
            guard state.bytes > maximumBytes else { return nil }
            defer { state.used = [:] }
            return state.used
        }
        guard let used else { return }
        try await index.touch(used)
        while bytes > maximumBytes / 10 * 9 {
            let oldest = try await index.oldest(64)
            guard !oldest.isEmpty else { return }
            var room = bytes - maximumBytes / 10 * 9
            let victims = oldest.prefix { victim in
                defer { room -= victim.length }
                return room > 0
            }
            await forget(Array(victims))
            Counter(label: "weir_cache_evictions_total").increment(by: victims.count)
        }
    }

    func complain(_ what: String, _ error: any Error) {
        guard !(error is CancellationError) else { return }
        let reason = (StorageFault(error) ?? .failing).rawValue
        logger.error("\(what)", metadata: ["stage": "cache", "reason": "\(reason)", "detail": "\(error)"])
    }
}
