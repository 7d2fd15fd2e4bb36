import Foundation
import TestSupport
import Testing

/// `weir harvest` against hosts that mean no good.
@Suite(.serialized) struct MisbehaviourTests {
    @Test(
        "Whatever hosts do, each attempt ends in a named reason and the job in order",
        arguments: [
            ("gzip-bomb", "0.5", "undecodable"), ("redirect-loop", "1", "too_many_redirects"),
            ("redirect-internal", "1", "blocked_address"), ("wrong-length", "1", "truncated"),
        ])
    func endsInItsReason(fault: String, share: String, reason: String) async throws {
        // OpenAlex is spared when it is asked in these words.
        let river = try await River(simulator: ["--generate", "12", "--seed", "3", "--fault", "\(fault)=\(share)"])
        let harvest = try river.harvest(["--topic", "Rivers", "--workers", "8"])
        #expect(await harvest.exit() == 0, "\(harvest.output.joined(separator: "\n"))")
        let manifest = try #require(harvest.output.last?.split(separator: " ").last.map(String.init))
        let lines = try ManifestLine.all(in: Data(contentsOf: URL(filePath: manifest)))
        #expect(lines.contains { $0.reason == reason }, "\(Set(lines.compactMap(\.reason)))")
        #expect(lines.filter { $0.record == "work" }.allSatisfy { $0.sha256 != nil || $0.reason != nil })
        for file in try river.files() { #expect(try await opensAsPDF(file), "\(file)") }
    }

    @Test("What robots.txt disallows is not asked for")
    func robots() async throws {
        let river = try await River(simulator: ["--generate", "12", "--seed", "3", "--robots", "*=disallow"])
        let harvest = try river.harvest(["--topic", "rivers", "--workers", "8"])
        #expect(await harvest.exit() == 0, "\(harvest.output.joined(separator: "\n"))")
        let manifest = try #require(harvest.output.last?.split(separator: " ").last.map(String.init))
        let attempts = try ManifestLine.all(in: Data(contentsOf: URL(filePath: manifest))).filter {
            $0.record == "attempt" && $0.role != "metadata"
        }
        #expect(!attempts.isEmpty && attempts.allSatisfy { $0.reason == "robots_disallowed" })
        #expect(try await river.report().artifactRequests == 0)
    }
}
