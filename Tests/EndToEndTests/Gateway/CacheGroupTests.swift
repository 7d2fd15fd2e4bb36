import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("RFC 9875: cache groups", .site, .timeLimit(.minutes(2)))
struct CacheGroupTests {
    private static func resource(_ groups: String) throws -> Resource {
        try Site.here.resource { request, number in
            request.method == .GET
                ? .ok("\(number)", ["Cache-Control": "max-age=6000", "Cache-Groups": groups])
                : .ok("", ["Cache-Group-Invalidation": groups])
        }
    }

    @Test("go together when a change names them", arguments: [HTTPMethod.POST, .DELETE, .RAW(value: "M-SEARCH")])
    func invalidation(method: HTTPMethod) async throws {
        let name = method.rawValue
        let members = try [Self.resource("\"a \(name)\""), Self.resource("\"b\";x, \"a \(name)\"")]
        let other = try Self.resource("\"A \(name)\"")
        for resource in members + [other] { _ = try await resource.get() }
        _ = try await Self.resource("\"a \(name)\", \"c\"").send(method)
        for resource in members { #expect(try await resource.get().forwarded.count == 1) }
        #expect(try await other.get().forwarded.isEmpty)
    }

    @Test("stay when a safe request names them", arguments: [HTTPMethod.GET, .HEAD, .OPTIONS, .PROPFIND])
    func safe(method: HTTPMethod) async throws {
        let member = try Self.resource("\"safe\"")
        _ = try await member.get()
        let other = try Site.here.resource(.ok("", ["Cache-Group-Invalidation": "\"safe\""]))
        _ = try await other.send(method)
        #expect(try await member.get().forwarded.isEmpty)
    }
}
