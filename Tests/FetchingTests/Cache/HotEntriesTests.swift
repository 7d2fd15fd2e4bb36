import Foundation
import HTTPCaching
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import Fetching

@Suite("Entries at hand") struct HotEntriesTests {
    private func entry(_ key: Int, _ id: Int64) -> CacheEntry {
        let time = HTTPDate(seconds: 0)
        return CacheEntry(
            id: id, key: CacheKey(digest: Data([UInt8(key)])), host: "a.example", variant: Data(),
            response: StoredResponse(status: .ok, fields: [:], requestTime: time, responseTime: time),
            body: StoredBody(name: "\(id)", length: 1, digest: Data()))
    }

    @Test("are what was kept last, or nothing; and never too much")
    func property() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        var hot = HotEntries()
        var model: [Int: (entry: CacheEntry, bytes: Int?)] = [:]
        for step in 0..<3_000 {
            let key = Int.random(in: 0..<12, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0:
                let kept = entry(key, Int64(step))
                hot.keep([kept], for: kept.key, readAt: hot.generation)
                model[key] = (kept, nil)
            case 1:
                // Read before something changed: too late.
                hot.keep([entry(key, -1)], for: entry(key, -1).key, readAt: hot.generation - 1)
            case 2:
                guard let known = model[key]?.entry else { continue }
                let size = Int.random(in: 1...Int(HotEntries.largestBody), using: &generator)
                if hot.body(of: known) == nil { model[key]?.bytes = size }
                hot.keep(ByteBuffer(repeating: 0, count: size), of: known)
            case 3:
                hot.drop(entry(key, 0).key)
                model[key] = nil
            default: break
            }
            let found = hot.entries(for: entry(key, 0).key)
            #expect(found == nil || found?.map(\.id) == model[key].map { [$0.entry.id] }, "seed \(seed)")
            if let known = model[key], let body = hot.body(of: known.entry) {
                #expect(body.readableBytes == known.bytes, "seed \(seed)")
            }
            #expect((0...HotEntries.mostBytes).contains(hot.bytes), "seed \(seed)")
        }
    }

    @Test("stay while they are used")
    func recency() {
        var hot = HotEntries()
        let entries = (0..<6).map { entry($0, Int64($0)) }
        for entry in entries {
            hot.keep([entry], for: entry.key, readAt: hot.generation)
            hot.keep(ByteBuffer(repeating: 0, count: Int(HotEntries.largestBody)), of: entry)
            #expect(hot.entries(for: entries[0].key) != nil)
        }
        #expect(hot.body(of: entries[0]) != nil && hot.body(of: entries[5]) != nil)
        #expect(hot.body(of: entries[1]) == nil)
    }
}
