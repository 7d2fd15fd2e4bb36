import NIOCore

/// The part of the cache that is at hand without the index or a file: a bounded value; the longest unused goes first.
struct HotEntries {
    private struct Slot {
        var entries: [CacheEntry]
        var bodies: [Int64: ByteBuffer] = [:]
        /// When it was used last, in uses of all.
        var used: Int

        var bytes: Int { bodies.values.reduce(0) { $0 + $1.readableBytes } }
    }

    private var slots: [CacheKey: Slot] = [:]
    private(set) var bytes = 0
    private var uses = 0
    /// Counts changes, so that what was read from the index before one is not kept after it.
    private(set) var generation = 0

    /// Bodies up to this size are kept at hand.
    static let largestBody: Int64 = 16 << 20
    static let mostBytes = 64 << 20
    static let mostKeys = 4096

    mutating func entries(for key: CacheKey) -> [CacheEntry]? {
        uses += 1
        slots[key]?.used = uses
        return slots[key]?.entries
    }

    func body(of entry: CacheEntry) -> ByteBuffer? { slots[entry.key]?.bodies[entry.id] }

    mutating func keep(_ entries: [CacheEntry], for key: CacheKey, readAt generation: Int) {
        guard generation == self.generation else { return }
        release(key)
        if slots.count >= Self.mostKeys { shrink { slots, _ in slots.count > Self.mostKeys / 4 * 3 } }
        uses += 1
        slots[key] = Slot(entries: entries, used: uses)
    }

    mutating func keep(_ body: ByteBuffer, of entry: CacheEntry) {
        guard let slot = slots[entry.key], slot.bodies[entry.id] == nil, body.readableBytes <= Self.largestBody,
            slot.entries.contains(where: { $0.id == entry.id })
        else { return }
        if bytes + body.readableBytes > Self.mostBytes {
            shrink { _, bytes in bytes + body.readableBytes > Self.mostBytes / 4 * 3 }
            // It may have been one of those that had to go.
            guard slots[entry.key] != nil else { return }
        }
        bytes += body.readableBytes
        slots[entry.key]?.bodies[entry.id] = body
    }

    mutating func drop(_ key: CacheKey) {
        generation += 1
        release(key)
    }

    mutating func replace(_ entry: CacheEntry) {
        generation += 1
        guard let place = slots[entry.key]?.entries.firstIndex(where: { $0.id == entry.id }) else { return }
        slots[entry.key]?.entries[place] = entry
    }

    private mutating func release(_ key: CacheKey) {
        bytes -= slots.removeValue(forKey: key)?.bytes ?? 0
    }

    /// Lets go as long as there is too much, the longest unused first.
    private mutating func shrink(while isTooMuch: ([CacheKey: Slot], Int) -> Bool) {
        for key in slots.sorted(by: { $0.value.used < $1.value.used }).map(\.key) {
            guard isTooMuch(slots, bytes) else { return }
            release(key)
        }
    }
}
