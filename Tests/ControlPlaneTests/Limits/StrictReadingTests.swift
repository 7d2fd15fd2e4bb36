import Fetching
import Foundation
import RateLimiting
import Testing

@testable import ControlPlane

@Suite("Strict reading") struct StrictReadingTests {
    @Test(
        "warns of rates that can never be reached, and of nothing else",
        arguments: [
            (["3/SECOND", "300/MINUTE"], ["300/MINUTE"]),
            (["10/SECOND", "5/HOUR"], ["10/SECOND"]),
            (["5/SECOND", "300/MINUTE"], []),
            (["10/SECOND", "5000/HOUR"], []),
            (["1/3SECOND", "2/4SECOND"], []),
            (["1/3SECOND", "3/4SECOND"], ["3/4SECOND"]),
        ])
    func unreachable(_ rates: [String], _ odd: [String]) throws {
        let yaml = "version: 1\ndefaults: { metadata: { rates: [\(rates.joined(separator: ", "))] } }"
        let warnings = try EffectiveLimits(yaml: yaml).warnings
        #expect(warnings.count == odd.count)
        for (warning, rate) in zip(warnings, odd) {
            #expect(warning.description.hasPrefix("defaults.metadata.rates: the rate '\(rate)' can never be reached"))
            #expect(warning.message.hasSuffix("(file limits.yaml:2)"))
        }
    }

    @Test("warns of roles that no limit governs, and of policies that say nothing")
    func odd() throws {
        let yaml = "version: 1\nhosts: { a.example: { metdata: { max_delay_ms: 3 }, landing: {} } }"
        #expect(
            try EffectiveLimits(yaml: yaml).warnings.map(\.description) == [
                "hosts.a.example.metdata: names a role of its own; did you mean 'metadata'?",
                "hosts.a.example.metdata: has neither rates nor max_concurrent, and so limits nothing",
            ])
        let read = try LimitsReader.read(DocumentNode(yaml: yaml), for: .file) { _ in .builtIn }
        #expect(read.warnings.map(\.path) == ["hosts.a.example.landing"])
    }

    @Test(
        "names hosts as DNS knows them",
        arguments: [
            ("API.Crossref.org.", "api.crossref.org"), ("bücher.example", "xn--bcher-kva.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"), ("gpu-queue", "gpu-queue"), ("ü/x", nil), ("ü@x", nil),
            ("a b", nil), ("", nil), ("ü:80", nil), ("*.a", nil),
        ])
    func hostNames(_ text: String, _ name: String?) {
        #expect(HostName.canonical(text) == name)
    }

    @Test("takes paths apart and puts them together again")
    func paths() {
        for path in [
            "global_max_inflight", "aimd.enabled", "backend.kind", "defaults.metadata.rates", "hosts.a.b.c.r.rates",
        ] {
            #expect(LimitPath(path)?.description == path)
        }
        #expect(LimitPath("hosts.*.wiley.com.artifact.mode") == .host("*.wiley.com", role: "artifact", "mode"))
        #expect(LimitPath("defaults.rates") == nil)
    }

    @Test(
        "suggests what was probably meant",
        arguments: [
            ("rate", "rates"), ("max_dely_ms", "max_delay_ms"), ("Mode", "mode"), ("gaurd_ms", "guard_ms"),
            ("nonsense", nil), ("", nil),
        ])
    func spelling(_ text: String, _ meant: String?) {
        #expect(Spelling.nearest(to: text, in: LimitsSchema.policy.map(\.name)) == meant)
    }

    private static let predecessorFile = ProcessInfo.processInfo.environment["WEIR_PREDECESSOR_LIMITS"]

    /// Every key and value of its schema, each in force above what is compiled in.
    @Test("takes the predecessor's complete document as it is", .enabled(if: predecessorFile != nil))
    func predecessor() throws {
        let file = try #require(Self.predecessorFile)
        let old = try EffectiveLimits(file: file)
        for (path, stated) in try LimitSources(file: file).readFile().layer.values {
            #expect(old.values[path]?.value == stated.value, "\(path)")
        }
        #expect(
            old.document.hosts["export.arxiv.org"]?["metadata"]?.rates?.first
                == (try Rate(units: 1, interval: 3_000_000)))
    }
}
