import Foundation
import HTTPCaching
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import Fetching

@Suite("What is whole is stored, whoever hangs up", .timeLimit(.minutes(2))) struct StoringToTheEndTests {
    private let folder = CacheFolder()

    private static func answer(_ request: FetchRequest, announced: Int? = nil) -> ScriptedTransport.Answer {
        var headers: HTTPFields = [.cacheControl: "max-age=3600"]
        headers[.contentLength] = announced.map(String.init)
        return .init(headers: headers, body: request.address.path)
    }

    /// Reads so many bytes, then cancels its own task and reads no more.
    private static func hangUp(on url: String, after count: Int, _ cache: some Transport) async {
        _ = await Task {
            try await cache.withResponse(to: .to(url)) { response in
                var bytes = response.body.makeAsyncIterator()
                var length = 0
                while length < count, let chunk = try await bytes.next() { length += chunk.readableBytes }
                withUnsafeCurrentTask { $0?.cancel() }
                try Task.checkCancellation()
            }
        }.result
    }

    @Test("a reader that leaves with the last byte loses nothing")
    func lastByte() async throws {
        let upstream = ScriptedTransport { request, _ in
            Self.answer(request, announced: request.address.path.utf8.count)
        }
        let cache = folder.layer(try folder.store(), upstream)
        for number in 100..<200 {
            await Self.hangUp(on: "http://a.example/\(number)", after: 4, cache)
            #expect(try await cache.has("http://a.example/\(number)"), "\(number)")
        }
    }

    @Test("nothing is stored that was left before", arguments: [4, nil] as [Int?])
    func before(announced: Int?) async throws {
        let upstream = ScriptedTransport { request, _ in Self.answer(request, announced: announced) }
        let cache = folder.layer(try folder.store(), upstream)
        for number in 100..<120 {
            await Self.hangUp(on: "http://a.example/\(number)", after: 2, cache)
            #expect(try await !cache.has("http://a.example/\(number)"), "\(number)")
        }
        #expect(try folder.files().isEmpty && folder.files(in: "incoming").isEmpty)
    }

    @Test("a change of the index is made whoever stops waiting for it")
    func cancelledChanges() async throws {
        let store = try folder.store()
        let cache = folder.layer(store, ScriptedTransport { request, _ in Self.answer(request) })
        let url = "http://a.example/100"
        _ = try await cache.fetch(.to(url))
        let address = try WebAddress(parsing: url)
        var entry = try #require(await store.entries(for: CacheKey(address)).first)
        entry.response.fields[.age] = "17"
        await Self.cancelled { [entry] in await store.update(entry, at: address) }
        #expect(try await folder.store().entries(for: CacheKey(address)).first?.response.fields[.age] == "17")
        await Self.cancelled { [entry] in await store.remove(entry) }
        #expect(try await folder.store().entries(for: CacheKey(address)).isEmpty)
    }

    private static func cancelled(_ operation: @escaping @Sendable () async -> Void) async {
        await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await operation()
        }.value
    }

    @Test("what others write for a caller fails for that caller too")
    func sharedTransactions() async throws {
        let store = try folder.store()
        let cache = folder.layer(store, ScriptedTransport { request, _ in Self.answer(request) })
        _ = try await cache.fetch(.to("http://a.example/100"))
        let key = CacheKey(try WebAddress(parsing: "http://a.example/100"))
        let entry = try #require(await store.entries(for: key).first)
        let index = try CacheIndex(path: folder.url.appending(path: "other.sqlite").path(percentEncoded: false))
        // All have one id, so that no more than one can be inserted.
        let written = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask { (try? await index.insert(entry, [], usedAt: 0)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(try await index.entries(for: key).count == written)
    }

    @Test("shutting down waits for what was begun")
    func settling() async {
        final class Count: Sendable { let value = Mutex(0) }
        let work = BackgroundWork()
        let done = Count()
        for _ in 0..<20 {
            _ = work.begin {
                await Task.yield()
                done.value.withLock { $0 += 1 }
            }
        }
        await work.settle()
        #expect(done.value.withLock { $0 } == 20)
        await work.settle()
    }

    @Test("an URL has no variants without end")
    func variants() async throws {
        let upstream = ScriptedTransport { request, _ in
            .init(headers: [.cacheControl: "max-age=3600", .vary: "User-Agent"], body: "x")
        }
        let store = try folder.store()
        let cache = folder.layer(store, upstream)
        for number in 0..<70 {
            _ = try await cache.fetch(.to("http://a.example/", headers: [.userAgent: "\(number)"]))
        }
        let entries = await store.entries(for: CacheKey(try WebAddress(parsing: "http://a.example/")))
        #expect(entries.count == 64)
        _ = try await cache.fetch(.to("http://a.example/", headers: [.userAgent: "69"]))
        #expect(upstream.requests.count == 70)
    }
}
