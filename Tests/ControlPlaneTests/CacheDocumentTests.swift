import Foundation
import HTTPCaching
import Testing

@testable import ControlPlane
@testable import Fetching

@Suite("The cache's document")
struct CacheDocumentTests {
    private func read(_ yaml: String) throws -> CacheDocument { try CacheDocument(try DocumentNode(yaml: yaml)) }

    @Test("that is shipped says what holds without one")
    func shipped() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let shipped = try CacheDocument(file: root.appending(path: "config/cache.yaml").path(percentEncoded: false))
        #expect(shipped.maximumBytes == CacheDocument().maximumBytes)
        for role in FetchRole.allCases {
            let rules = shipped.policies.rules(host: "a.example", role: role)
            #expect(rules == CacheDocument().policies.rules(host: "a.example", role: role))
        }
    }

    @Test("is merged value by value, the most specific host first")
    func merging() throws {
        let document = try read(
            """
            version: 1
            max_bytes: 2097152
            defaults:
              landing: { min_ttl_s: 60, stale_while_revalidate_s: 5 }
            hosts:
              "*.example.org":
                landing: { min_ttl_s: 120 }
                artifact: { enabled: true }
              Files.Example.org:
                landing: { stale_if_error_s: 7 }
                metadata: { enabled: false }
            """)
        #expect(document.maximumBytes == 2_097_152)
        let policies = document.policies
        let file = try #require(policies.rules(host: "files.example.org", role: .landing))
        #expect(file.minimumLifetime == 120 && file.staleWhileRevalidate == 5 && file.staleIfError == 7)
        #expect(policies.rules(host: "files.example.org", role: .metadata) == nil)
        #expect(policies.rules(host: "files.example.org", role: .artifact) != nil)
        #expect(policies.rules(host: "example.org", role: .artifact) == nil)
        #expect(policies.rules(host: "example.org", role: .landing)?.minimumLifetime == 60)
        #expect(policies.rules(host: "example.org", role: .metadata)?.minimumLifetime == 86_400)
    }

    @Test(
        "is refused with the place of what is wrong",
        arguments: [
            ("max_bytes: 5000000", "version is missing; it must be 1"),
            ("version: 2", "version: only schema version 1 is known, not 2"),
            ("version: 1\nmax_bytes: 10", "max_bytes: must be between 1048576"),
            ("version: 1\ndefaults: { landings: {} }", "unknown key 'landings'; did you mean 'landing'?"),
            ("version: 1\ndefaults: { landing: { min_ttl: 1 } }", "unknown key 'min_ttl'; did you mean 'min_ttl_s'?"),
            ("version: 1\ndefaults: { landing: { min_ttl_s: -1 } }", "min_ttl_s: must be between 0"),
            ("version: 1\nhosts: { 'a b': { landing: {} } }", "'a b' is no host name"),
            ("version: 1\nhosts: { a.example: { landing: {} }, A.example: {} }", "is given more than once"),
        ])
    func refused(_ yaml: String, _ message: String) throws {
        let problems = #expect(throws: DocumentProblems.self) { try read(yaml) }
        #expect(try #require(problems).description.contains(message), "\(String(describing: problems))")
    }
}
