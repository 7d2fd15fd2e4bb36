import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import Fetching

@Suite("RFC 9875: groups of stored responses", .timeLimit(.minutes(2))) struct CacheGroupTests {
    private let folder = CacheFolder()

    /// Answers GET with the groups that the query of its URL lists, and what changes with what its query makes obsolete.
    private static func upstream() throws -> ScriptedTransport {
        let membership = try #require(HTTPField.Name("Cache-Groups"))
        let invalidation = try #require(HTTPField.Name("Cache-Group-Invalidation"))
        return ScriptedTransport { request, number in
            let names = request.address.text.split(separator: "?").dropFirst().joined()
            let list = names.split(separator: "&").map { "\"\($0)\"" }.joined(separator: ", ")
            let field = request.method == .post || request.method == .options ? invalidation : membership
            return .init(headers: [.cacheControl: "max-age=3600", field: list], body: "\(number)")
        }
    }

    @Test("one group goes, the rest stays, and other origins keep theirs")
    func invalidation() async throws {
        let store = try folder.store()
        let cache = folder.layer(store, try Self.upstream())
        let members = (0..<600).map { "http://a.example/\($0)?red&all" }
        let others = ["http://a.example/1?blue", "http://a.example/?Red", "http://a.example:8080/?red"]
        for url in members + others { _ = try await cache.fetch(.to(url)) }
        _ = try await cache.fetch(.to("http://a.example/change?red", method: .options))
        #expect(try await cache.has(members[0]), "OPTIONS is safe")
        _ = try await cache.fetch(.to("http://a.example/change?red", method: .post))
        for url in members { #expect(try await !cache.has(url), "\(url)") }
        for url in others { #expect(try await cache.has(url), "\(url)") }
        #expect(try folder.files().count == others.count)
    }

    @Test("outlive their process, and follow what a 304 says")
    func memberships() async throws {
        let url = "http://a.example/?old"
        let membership = try #require(HTTPField.Name("Cache-Groups"))
        let upstream = ScriptedTransport { request, number in
            guard request.method == .get else {
                return .init(headers: [try #require(HTTPField.Name("Cache-Group-Invalidation")): "\"new\""])
            }
            return .init(
                status: number == 1 ? 200 : 304,
                headers: [
                    .cacheControl: "max-age=3600", .eTag: "\"a\"", membership: number == 1 ? "\"old\"" : "\"new\"",
                ], body: number == 1 ? "x" : "")
        }
        _ = try await folder.layer(try folder.store(), upstream).fetch(.to(url))
        _ = try await folder.layer(try folder.store(), upstream).fetch(.to(url, headers: [.cacheControl: "no-cache"]))
        let cache = folder.layer(try folder.store(), upstream)
        #expect(try await cache.has(url))
        _ = try await cache.fetch(.to("http://a.example/change", method: .post))
        #expect(try await !cache.has(url))
    }

    @Test("a change of one member takes the others, and no further")
    func members() async throws {
        let cache = folder.layer(try folder.store(), try Self.upstream())
        for url in ["http://a.example/1?a", "http://a.example/2?a&b", "http://a.example/3?b"] {
            _ = try await cache.fetch(.to(url))
        }
        _ = try await cache.fetch(.to("http://a.example/1?a", method: .put))
        #expect(try await !cache.has("http://a.example/1?a"))
        #expect(try await !cache.has("http://a.example/2?a&b"))
        #expect(try await cache.has("http://a.example/3?b"))
    }
}
