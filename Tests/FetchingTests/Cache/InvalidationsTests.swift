import Foundation
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import Fetching

@Suite("A response that is on its way while its URL is invalidated") struct InvalidationsTests {
    private let folder = CacheFolder()
    private static let url = "http://a.example/1"

    enum Change: CaseIterable {
        case unsafeMethod, groupOfAnother, removedByURL, removedByHost, removedAll
    }

    /// GET joins a group, and everything else invalidates it.
    private static func upstream() throws -> ScriptedTransport {
        let membership = try #require(HTTPField.Name("Cache-Groups"))
        let invalidation = try #require(HTTPField.Name("Cache-Group-Invalidation"))
        return ScriptedTransport { request, number in
            request.method == .get
                ? .init(headers: [.cacheControl: "max-age=3600", membership: "\"g\""], body: "old\(number)")
                : .init(headers: [invalidation: "\"g\""])
        }
    }

    @Test("is not stored", arguments: Change.allCases)
    func change(_ change: Change) async throws {
        let store = try folder.store()
        let cache = folder.layer(store, try Self.upstream())
        let body = try await cache.withResponse(to: .to(Self.url)) { response in
            // The head has come, the body has not.
            switch change {
            case .unsafeMethod: _ = try await cache.fetch(.to(Self.url, method: .delete))
            case .groupOfAnother: _ = try await cache.fetch(.to("http://a.example/2", method: .post))
            case .removedByURL: _ = await store.remove(try WebAddress(parsing: Self.url))
            case .removedByHost: _ = try await store.removeAll(host: "a.example")
            case .removedAll: _ = try await store.removeAll()
            }
            return String(buffer: try await response.body.collect())
        }
        #expect(body == "old1")
        #expect(try await !cache.has(Self.url))
        #expect(try folder.files().isEmpty && folder.files(in: "incoming").isEmpty)
        // What is requested afterwards is.
        _ = try await cache.fetch(.to(Self.url))
        #expect(try await cache.has(Self.url))
    }

    @Test("is stored where the change was elsewhere, or failed")
    func elsewhere() async throws {
        let store = try folder.store()
        let upstream = ScriptedTransport { request, _ in
            request.method == .get
                ? .init(headers: [.cacheControl: "max-age=3600"], body: "x") : .init(status: 409)
        }
        let cache = folder.layer(store, upstream)
        _ = try await cache.withResponse(to: .to(Self.url)) { response in
            _ = try await cache.fetch(.to(Self.url, method: .delete))
            _ = try await store.removeAll(host: "b.example")
            _ = await store.remove(try WebAddress(parsing: "http://a.example/2"))
            return try await response.body.collect()
        }
        #expect(try await cache.has(Self.url))
    }

    @Test("a naive record of everything agrees; what was forgotten counts as invalidated", arguments: 0..<10)
    func model(number: Int) {
        let seed = TestSeed.current &+ UInt64(number)
        var random = SeededGenerator(seed: seed)
        var invalidations = Invalidations()
        var history: [Invalidations.Scope] = []
        let total = Invalidations.limit * 2 + random.number(0...99)
        for _ in 0..<total {
            let scope = Invalidations.Scope.host("\(random.number(0...(Invalidations.limit * 2)))")
            invalidations.record(scope)
            history.append(scope)
            guard random.chance(2) else { continue }
            let start = max(0, history.count - random.number(0...50))
            let asked = random.chance(50) ? history[random.number(0...(history.count - 1))] : .everything
            let truth = history[start...].contains(asked)
            let said = invalidations.contains(anyOf: [asked], since: start)
            // It may forget, and then it says yes.
            #expect(said || !truth, "seed \(seed)")
            if invalidations.contains(anyOf: [.url(CacheKey(digest: Data()))], since: start) { continue }
            #expect(said == truth, "seed \(seed)")
        }
    }
}
