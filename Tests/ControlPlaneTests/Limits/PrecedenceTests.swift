import Foundation
import RateLimiting
import Testing

@testable import ControlPlane

/// Which of five layers wins, for every key of the schema and every set of layers that say something about it.
@Suite("Layers of limits") struct PrecedenceTests {
    enum Layer: Int, CaseIterable {
        case file
        case environment
        case flags
        case overlay
    }

    /// A key, the layers above the built-in one that can say it, and what each of them says.
    struct Case: CustomTestStringConvertible, Sendable {
        let path: LimitPath
        let texts: [String]
        let layers: [Layer]

        var testDescription: String { path.description }
    }

    static let cases: [Case] = {
        let shared = LimitsSchema.top.map { Case(LimitPath.top($0.name), $0.kind, Layer.allCases) }
        let aimd = LimitsSchema.aimd.map { key in
            Case(.aimd(key.name), key.kind, key.name == "enabled" ? Layer.allCases : [.file, .overlay])
        }
        let backend = LimitsSchema.backend.map { key in
            Case(
                .backend(key.name), key.kind,
                key.name == "kind" ? [.file, .environment, .flags] : [.file, .environment])
        }
        let defaults = LimitsSchema.policy.map { key in
            Case(.defaults(role: "metadata", key.name), key.kind, [.file, .overlay])
        }
        let hosts = LimitsSchema.policy.map { key in
            Case(.host("export.arxiv.org", role: "metadata", key.name), key.kind, Layer.allCases)
        }
        return shared + aimd + backend + defaults + hosts
    }()

    @Test("are merged key by key, the highest that says something wins, and its origin is named", arguments: cases)
    func precedence(_ each: Case) throws {
        for set in 0..<(1 << each.layers.count) {
            let saying = each.layers.enumerated().filter { set & (1 << $0.offset) != 0 }.map(\.element)
            let limits = try EffectiveLimits(
                Layer.allCases.map { layer in
                    saying.contains(layer) ? try each.layer(layer) : LimitsLayer()
                })
            let entry = limits.values[each.path]
            guard let winner = saying.last else {
                #expect(entry?.value == LimitsLayer.builtIn.values[each.path]?.value)
                #expect(entry == nil || entry?.origin == .builtIn)
                continue
            }
            #expect(entry?.value == each.value(winner), "\(saying)")
            #expect(entry?.origin.description == each.origin(winner), "\(saying)")
        }
    }

    @Test("leave every other key alone")
    func otherKeys() throws {
        let file = "version: 1\nhosts:\n  a.example:\n    metadata: { rates: [7/SECOND], max_delay_ms: 5 }"
        let layer = try LimitsReader.read(DocumentNode(yaml: file), for: .file) { _ in .file("f", line: nil) }.layer
        let overlay = try LimitsReader.read(
            DocumentNode(json: Data(#"{"hosts":{"A.Example.":{"metadata":{"max_delay_ms":6}}}}"#.utf8)), for: .patch
        ) { _ in .api(version: 2) }.layer
        let policy = try EffectiveLimits([layer, overlay]).document.hosts["a.example"]?["metadata"]
        #expect(policy == PolicyPatch(rates: [try Rate(parsing: "7/s")], maxDelayMilliseconds: 6))
    }

    @Test(
        "are changed on the command line by paths that are checked before anything is sent",
        arguments: [
            (["global_max_inflght=1"], "did you mean 'global_max_inflight'?"),
            (["hosts.a.example.metadata.rate=1/s"], "did you mean 'rates'?"),
            (["global_max_inflight=1", "global_max_inflight=2"], "given more than once"),
            (["global_max_inflight"], "should look like"), (["aimd.enabled=maybe"], "must be true or false"),
        ])
    func commandLine(_ texts: [String], _ message: String) throws {
        let error = try #require(throws: DocumentProblems.self) { try LimitsCoding.patch(texts) }
        #expect(error.description.contains(message), "\(error)")
    }

    @Test("hide what lies below where the API says null, but for the built-in defaults")
    func hiding() throws {
        let file = "version: 1\ndefaults: { artifact: { max_concurrent: 9, guard_ms: 7 } }\nglobal_max_inflight: 8"
        let layer = try LimitsReader.read(DocumentNode(yaml: file), for: .file) { _ in .file("f", line: nil) }.layer
        let put =
            #"{"version":1,"global_max_inflight":null,"defaults":{"artifact":{"max_concurrent":null,"guard_ms":null}}}"#
        let overlay = try LimitsReader.read(DocumentNode(json: Data(put.utf8)), for: .overlay) { _ in .api(version: 2) }
            .layer
        let limits = try EffectiveLimits([layer, overlay])
        #expect(limits.document.globalMaxInflight == 500)
        #expect(limits.document.defaults["artifact"]?.maxConcurrent == 4)
        #expect(limits.document.defaults["artifact"]?.guardMilliseconds == nil)
    }
}

extension PrecedenceTests.Case {
    init(_ path: LimitPath, _ kind: LimitsSchema.Kind, _ layers: [PrecedenceTests.Layer]) {
        self.path = path
        self.layers = layers
        texts =
            switch kind {
            case .int: ["11", "12", "13", "14"]
            // As high as the other multiplier allows.
            case .number:
                path == .aimd("max_multiplier") ? ["1.1", "1.2", "1.3", "1.4"] : ["0.1", "0.11", "0.12", "0.13"]
            case .bool: ["true", "false", "true", "false"]
            case .mode: ["shadow", "enforce", "off", "shadow"]
            case .rates: ["1/3SECOND+1000/DAY", "2/s", "3/m+30/h", "4/h"]
            case .choice(let known): [String](repeating: known[0], count: 4)
            case .prefix: ["a", "b", "c", "d"]
            case .address: ["", "", "", ""]
            }
    }

    private func text(_ layer: PrecedenceTests.Layer) -> String { texts[layer.rawValue] }

    /// What a layer says, by way of what an operator writes.
    func layer(_ layer: PrecedenceTests.Layer) throws -> LimitsLayer {
        let text = text(layer)
        let setting = Setting.ofLimits.first { $0.limit == path }
        switch layer {
        case .file:
            let value = text.contains("/") ? "[\(text.replacing("+", with: ", "))]" : text
            let names = path.components
            let yaml = names.enumerated().map { String(repeating: "  ", count: $0) + "\($1):" }.joined(separator: "\n")
            return try LimitsReader.read(DocumentNode(yaml: "version: 1\n\(yaml) \(value)"), for: .file) {
                .file("limits.yaml", line: $0.place?.line)
            }.layer
        case .environment:
            let name = setting?.variable ?? "DOCSTOKG_RLIMIT__EXPORT_ARXIV_ORG__METADATA"
            return try LimitOverrides.read(environment: [name: setting == nil ? policy(text) : text, "PATH": "/bin"])
                .layer
        case .flags:
            guard let setting else {
                return try LimitOverrides.read(flags: [:], hosts: ["Export.arXiv.org:metadata=\(policy(text))"]).layer
            }
            return try LimitOverrides.read(flags: [setting.key: text], hosts: []).layer
        case .overlay:
            let patch = try JSON.encoder.encode(try LimitsCoding.patch(["\(path)=\(text)"]))
            return try LimitsReader.read(DocumentNode(json: patch), for: .patch) { _ in .api(version: 7) }.layer
        }
    }

    private func policy(_ text: String) -> String { "\(path.components.last ?? ""):\(text)" }

    func value(_ layer: PrecedenceTests.Layer) -> LimitValue? {
        guard let kind = LimitsSchema.kind(of: path) else { return nil }
        var reader = LimitValueReader()
        return reader.value(DocumentNode(text(layer), kind, path: .root), kind)
    }

    func origin(_ layer: PrecedenceTests.Layer) -> String {
        let setting = Setting.ofLimits.first { $0.limit == path }
        return switch layer {
        case .file: "file limits.yaml:\(path.components.count + 1)"
        case .environment: "env \(setting?.variable ?? "DOCSTOKG_RLIMIT__EXPORT_ARXIV_ORG__METADATA")"
        case .flags: "flag \(setting?.flag ?? "--rate-host-override Export.arXiv.org:metadata")"
        case .overlay: "api version 7"
        }
    }
}
