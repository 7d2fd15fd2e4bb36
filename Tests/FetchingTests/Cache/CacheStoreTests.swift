import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import Fetching

@Suite("The cache's store") struct CacheStoreTests {
    private let folder = CacheFolder()

    /// Serves bodies of so many bytes, which begin with the number of the request, and are fresh for an hour.
    private func upstream(bytes: Int) -> ScriptedTransport {
        ScriptedTransport { _, number in
            let head = "\(number) "
            return .init(
                headers: [.cacheControl: "max-age=3600"],
                body: head + String(repeating: "x", count: bytes - head.utf8.count))
        }
    }

    private func url(_ number: Int) -> String { "http://a.example/\(number)" }

    @Test("answers without asking anybody")
    func hit() async throws {
        let upstream = upstream(bytes: 100)
        let cache = folder.layer(try folder.store(), upstream)
        let answers = try await [cache.fetch(.to(url(1))), cache.fetch(.to(url(1))), cache.fetch(.to(url(1)))]
        #expect(Set(answers.map(\.body)).count == 1 && upstream.requests.count == 1)
    }

    @Test("makes room down to nine tenths, and the longest unused go first")
    func eviction() async throws {
        let store = try folder.store(maximumBytes: 40_000)
        let cache = folder.layer(store, upstream(bytes: 4_000))
        for number in 0..<10 { _ = try await cache.fetch(.to(url(number))) }
        #expect(try await cache.has(url(0)))
        _ = try await cache.fetch(.to(url(10)))
        var kept: [Int] = []
        for number in 0...10 where try await cache.has(url(number)) { kept.append(number) }
        #expect(kept == [0] + Array(3...10))
        #expect(store.bytes == 36_000)
        #expect(try folder.bytes() == 36_000)
    }

    @Test("keeps nothing that would drive out most of the rest")
    func large() async throws {
        let upstream = upstream(bytes: 10_001)
        let cache = folder.layer(try folder.store(maximumBytes: 40_000), upstream)
        for _ in 0..<2 { #expect(try await cache.fetch(.to(url(1))).body.utf8.count == 10_001) }
        #expect(upstream.requests.count == 2)
        #expect(try folder.files().isEmpty && folder.files(in: "incoming").isEmpty)
    }

    @Test("outlives its process, and clears up behind it")
    func reopening() async throws {
        _ = try await folder.layer(try folder.store(), upstream(bytes: 100)).fetch(.to(url(1)))
        let known = try folder.files()
        let orphan = try #require(known.first).deletingLastPathComponent().appending(path: "orphan")
        let torn = folder.url.appending(path: "incoming/torn")
        for file in [orphan, torn] { try Data("x".utf8).write(to: file) }
        let store = try folder.store()
        #expect(try folder.files() == known && folder.files(in: "incoming").isEmpty)
        #expect(store.bytes == 100)
        let later = upstream(bytes: 100)
        #expect(try await folder.layer(store, later).fetch(.to(url(1))).body.hasPrefix("1 "))
        #expect(later.requests.isEmpty)
    }

    @Test("never serves what is not what was stored", arguments: ["other", "shorter", "longer", "gone"])
    func damage(_ kind: String) async throws {
        _ = try await folder.layer(try folder.store(), upstream(bytes: 100)).fetch(.to(url(1)))
        let file = try #require(try folder.files().first)
        var bytes = try Data(contentsOf: file)
        switch kind {
        case "other": bytes[50] = UInt8(ascii: "y")
        case "shorter": bytes.removeLast()
        case "longer": bytes.append(0)
        default: break
        }
        if kind == "gone" { try FileManager.default.removeItem(at: file) } else { try bytes.write(to: file) }
        let later = ScriptedTransport { _, _ in .init(headers: [.cacheControl: "max-age=3600"], body: "new") }
        let store = try folder.store()
        let cache = folder.layer(store, later)
        for _ in 0..<2 { #expect(try await cache.fetch(.to(url(1))).body == "new") }
        #expect(later.requests.count == 1)
        #expect(try folder.bytes() == 3 && store.bytes == 3)
    }

    @Test("lets nobody take a large body for whole that is not what was stored")
    func largeDamage() async throws {
        let size = Int(HotEntries.largestBody) + 1
        _ = try await folder.layer(try folder.store(maximumBytes: 1 << 30), upstream(bytes: size)).fetch(.to(url(1)))
        let file = try FileHandle(forUpdating: try #require(try folder.files().first))
        try file.seek(toOffset: 1000)
        try file.write(contentsOf: Data("y".utf8))
        try file.close()
        let later = upstream(bytes: 100)
        let cache = folder.layer(try folder.store(maximumBytes: 1 << 30), later)
        await #expect(throws: FetchError.truncated("a stored body is not what it was")) {
            try await cache.fetch(.to(url(1)))
        }
        #expect(try await cache.fetch(.to(url(1))).body.utf8.count == 100)
        #expect(later.requests.count == 1)
    }

    @Test("keeps nothing of a body that did not come to its end")
    func torn() async throws {
        let torn = ScriptedTransport { _, _ in
            .init(headers: [.cacheControl: "max-age=3600"], body: "half", bodyFailure: .truncated("reset"))
        }
        let store = try folder.store()
        await #expect(throws: FetchError.truncated("reset")) {
            try await folder.layer(store, torn).fetch(.to(url(1)))
        }
        let whole = folder.layer(store, upstream(bytes: 100))
        struct Unwanted: Error {}
        await #expect(throws: Unwanted.self) {
            try await whole.withResponse(to: .to(url(2))) { response in
                var bytes = response.body.makeAsyncIterator()
                _ = try await bytes.next()
                throw Unwanted()
            }
        }
        for number in 1...2 { #expect(try await !whole.has(url(number))) }
        #expect(try folder.files().isEmpty && folder.files(in: "incoming").isEmpty)
    }

    @Test("forgets a URL, a host, or everything")
    func forgetting() async throws {
        let store = try folder.store()
        let cache = folder.layer(store, upstream(bytes: 100))
        let urls = ["http://a.example/1", "http://a.example/2", "http://b.example/1", "http://c.example/1"]
        for url in urls { _ = try await cache.fetch(.to(url)) }
        #expect(await store.remove(try WebAddress(parsing: urls[0])) == 1)
        #expect(try await !cache.has(urls[0]))
        #expect(try await cache.has(urls[1]))
        #expect(try await store.removeAll(host: "a.example") == 1)
        #expect(try await !cache.has(urls[1]))
        #expect(try await cache.has(urls[2]))
        #expect(try await store.removeAll() == 2)
        #expect(store.bytes == 0)
        #expect(try folder.files().isEmpty)
    }
}
