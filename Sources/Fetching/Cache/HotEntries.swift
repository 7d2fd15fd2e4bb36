import NIOCore

/// The part of the cache that is at hand without the index or a file: a bounded value.
struct HotEntries {
    private struct Slot {
        var entries: [CacheEntry]
        var bodies: [Int64: ByteBuffer] = [:]
    }

    private var slots: [CacheKey: Slot] = [:]
    private var bytes = 0
    /// Counts changes, so that what was read from the index before one is not kept after it.
    private(set) var generation = 0

    /// Bodies up to this size are kept at hand.
    static let largestBody: Int64 = 256 << 10
    private static let mostBytes = 32 << 20
    private static let mostKeys = 4096

    func entries(for key: CacheKey) -> [CacheEntry]? { slots[key]?.entries }
    func body(of entry: CacheEntry) -> ByteBuffer? { slots[entry.key]?.bodies[entry.id] }

    mutating func keep(_ entries: [CacheEntry], for key: CacheKey, readAt generation: Int) {
        guard generation == self.generation else { return }
        if slots.count >= Self.mostKeys {
            slots = [:]
            bytes = 0
        }
        slots[key] = Slot(entries: entries)
    }

    mutating func keep(_ body: ByteBuffer, of entry: CacheEntry) {
        guard let slot = slots[entry.key], slot.bodies[entry.id] == nil,
            slot.entries.contains(where: { $0.id == entry.id })
        else { return }
        if bytes + body.readableBytes > Self.mostBytes {
            slots = slots.mapValues { Slot(entries: $0.entries) }
            bytes = 0
        }
        bytes += body.readableBytes
        slots[entry.key]?.bodies[entry.id] = body
    }

    mutating func drop(_ key: CacheKey) {
        generation += 1
        bytes -= slots.removeValue(forKey: key)?.bodies.values.reduce(0) { $0 + $1.readableBytes } ?? 0
    }

    mutating func replace(_ entry: CacheEntry) {
        generation += 1
        guard let place = slots[entry.key]?.entries.firstIndex(where: { $0.id == entry.id }) else { return }
        slots[entry.key]?.entries[place] = entry
    }
}
