import Foundation
import RateLimiting
import Testing

@testable import ControlPlane

@Suite struct LimitsDocumentTests {
    private static let shipped = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../config/ratelimits.yaml").standardizedFileURL.path()

    @Test func theShippedDocumentMeansWhatItSays() throws {
        let document = try EffectiveLimits(file: Self.shipped).document
        #expect(document == .builtIn)
        let table = LimitTable(version: 1, document: document)
        let arXiv = try #require(table.policy(for: LimitKey(host: "export.arxiv.org", role: "metadata")))
        #expect(arXiv.windows.map(\.rate.description) == ["1/6SECOND"])
        #expect(arXiv.windows.first?.interval == 6_000_000)
        #expect(arXiv.maxDelayMilliseconds == 6000)
        #expect(arXiv.maxConcurrent == 1)
        let wiley = try #require(table.policy(for: LimitKey(host: "onlinelibrary.wiley.com", role: "artifact")))
        #expect(wiley.windows.map(\.rate.description) == ["2/SECOND", "500/HOUR"])
        #expect(wiley.maxConcurrent == 4)
        #expect(table.policy(for: LimitKey(host: "a.example", role: "nonsense")) == nil)
    }

    @Test func whatIsWrittenOutIsReadBackTheSame() throws {
        let limits = try EffectiveLimits(file: Self.shipped)
        #expect(try EffectiveLimits(json: JSON.encoder.encode(limits.json)).document == limits.document)
    }

    @Test(arguments: [("shadow", Policy.Mode.shadow), ("\"off\"", .off), ("off", .off), ("enforce", .enforce)])
    func readsModes(text: String, mode: Policy.Mode) throws {
        let yaml = "version: 1\ndefaults:\n  metadata: { mode: \(text), max_waiters: 7 }\naimd: { enabled: true }"
        let limits = try EffectiveLimits(yaml: yaml)
        #expect(limits.document.defaults["metadata"]?.mode == mode)
        #expect(limits.document.defaults["metadata"]?.maxWaiters == 7)
        #expect(limits.document.aimd.enabled)
        #expect(try EffectiveLimits(json: JSON.encoder.encode(limits.json)).document == limits.document)
    }

    struct Mistake: CustomTestStringConvertible, Sendable {
        let yaml: String
        let line: Int?
        let path: String
        let message: String

        var testDescription: String { "\(path): \(message)" }
    }

    @Test(arguments: [
        Mistake(yaml: "", line: 1, path: "", message: "the document is empty"),
        Mistake(yaml: "defaults: {}", line: 1, path: "", message: "version is missing; it must be 1"),
        Mistake(yaml: "version: 2", line: 1, path: "version", message: "only schema version 1 is known, not 2"),
        Mistake(
            yaml: "version: 1\nhost: {}", line: 2, path: "host", message: "unknown key 'host'; did you mean 'hosts'?"),
        Mistake(
            yaml: "version: 1\ndefaults: { metadata: { max_dely_ms: 1 } }", line: 2,
            path: "defaults.metadata.max_dely_ms", message: "unknown key 'max_dely_ms'; did you mean 'max_delay_ms'?"),
        Mistake(
            yaml: "version: 1\naimd: { min_multiplier: 0.9, max_multiplier: 0.5 }", line: nil, path: "aimd",
            message: "min_multiplier 0.9 (file limits.yaml:2) must not be above max_multiplier 0.5"),
        Mistake(
            yaml: "version: 1\nhosts:\n  BÜCHER.example: {}\n  xn--bcher-kva.example: {}", line: 4,
            path: "hosts.xn--bcher-kva.example", message: "the host xn--bcher-kva.example is given more than once"),
        Mistake(
            yaml: "version: 1\nhots:\n  a.example: {}", line: 2, path: "hots",
            message: "unknown key 'hots'; did you mean 'hosts'?"),
        Mistake(yaml: "version: 1\nversion: 1", line: 1, path: "version", message: "given more than once"),
        Mistake(yaml: "version: 1\nhosts: }", line: 2, path: "", message: "not valid YAML"),
        Mistake(
            yaml: "version: 1\ndefaults:\n  metadata:\n    rates: [10/SECOND, 1/FORTNIGHT]", line: 4,
            path: "defaults.metadata.rates[1]", message: "has the unknown unit 'fortnight'"),
        Mistake(
            yaml: "version: 1\nhosts:\n  a.example:\n    artifact: { rates: 10/SECOND }", line: 4,
            path: "hosts.a.example.artifact.rates", message: "must be a list of rates"),
        Mistake(
            yaml: "version: 1\nhosts:\n  A.example: {}\n  a.example.: {}", line: 4, path: "hosts.a.example.",
            message: "the host a.example is given more than once"),
        Mistake(yaml: "version: 1\nhosts: { 'a b': {} }", line: 2, path: "hosts.a b", message: "is no host name"),
        Mistake(
            yaml: "version: 1\ndefaults: { metadata: { max_delay_ms: -1 } }", line: 2,
            path: "defaults.metadata.max_delay_ms", message: "must be between 0"),
        Mistake(
            yaml: "version: 1\ndefaults: { metadata: { max_delay_ms: '5' } }", line: 2,
            path: "defaults.metadata.max_delay_ms", message: "must be a whole number, not the text '5'"),
        Mistake(
            yaml: "version: 1\ndefaults: { metadata: { count_head: yes } }", line: 2,
            path: "defaults.metadata.count_head", message: "must be true or false, not the text 'yes'"),
        Mistake(
            yaml: "version: 1\nbackend: { kind: rediss }", line: 2, path: "backend.kind",
            message: "must be one of: memory, sqlite, redis, postgres, not the text 'rediss'"),
        Mistake(
            yaml: "version: 1\ndefaults:\n  metadata: { mode: lenient }", line: 3, path: "defaults.metadata.mode",
            message: "must be enforce, shadow or off"),
        Mistake(
            yaml: "version: 1\ndefaults:\n  metadata: { max_waiters: -1 }", line: 3,
            path: "defaults.metadata.max_waiters", message: "must be between 0 and 100000"),
        Mistake(
            yaml: "version: 1\nglobal_max_inflight: 0", line: 2, path: "global_max_inflight",
            message: "must be between 1"),
    ])
    func everyMistakeIsNamedWithItsPlace(_ mistake: Mistake) throws {
        let error = try #require(throws: DocumentProblems.self) { try EffectiveLimits(yaml: mistake.yaml) }
        let problem = try #require(error.problems.first)
        #expect(problem.place?.line == mistake.line)
        #expect(problem.path == mistake.path)
        #expect(problem.message.contains(mistake.message), "\(problem.message)")
    }

    @Test func allMistakesAreReportedAtOnceAndTheFileIsNamed() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "limits-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("version: 1\nhosst: {}\nglobal_max_inflight: many\n".utf8).write(to: file)
        let error = try #require(throws: DocumentProblems.self) { try EffectiveLimits(file: file.path()) }
        #expect(
            error.description.split(separator: "\n").map { $0.hasPrefix(file.path()) } == [true, true])
        #expect(error.problems.map(\.place?.line) == [2, 3])
    }

    @Test func aliasesCannotBeBlownUp() throws {
        var yaml = "a0: &a0 [x]\n"
        for level in 1...20 {
            let items = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(items)]\n"
        }
        let error = try #require(throws: DocumentProblems.self) { try EffectiveLimits(yaml: yaml) }
        #expect(error.problems.first?.message == "the document has more than 100000 values")
    }

    @Test func valuesFallBackOneByOneFromExactHostToWildcardToDefault() throws {
        let table = LimitTable(
            version: 1,
            document: try EffectiveLimits(
                yaml: """
                    version: 1
                    defaults:
                      artifact: { rates: [2/SECOND], max_delay_ms: 2000, max_concurrent: 4 }
                    hosts:
                      "*.wiley.com": { artifact: { rates: [1/SECOND], guard_ms: 5 } }
                      "*.online.wiley.com": { artifact: { max_concurrent: 1 } }
                      x.online.wiley.com: { artifact: { max_delay_ms: 7 } }
                    """
            ).document)
        let policy = try #require(table.policy(for: LimitKey(host: "x.online.wiley.com", role: "artifact")))
        #expect(policy.windows.map(\.rate.description) == ["1/SECOND"])
        #expect(policy.windows.allSatisfy { $0.interval == $0.rate.interval + 5000 })
        #expect(policy.maxConcurrent == 1)
        #expect(policy.maxDelayMilliseconds == 7)
        #expect(table.policy(for: LimitKey(host: "wiley.com", role: "artifact"))?.maxConcurrent == 4)
    }
}
