import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RateLimiting
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Documents that cannot be accepted") struct MalformedDocumentsTests {
    private static let yaml: HTTPFields = [.contentType: "application/yaml"]

    @Test("five hundred of them: each is a clear error, and no table changes")
    func fuzzed() async throws {
        var random = SeededGenerator(seed: TestSeed.current)
        let documents = (0..<500).map { number in Self.malformed(number, &random) }
        try await Weir.withTemporary { weir, client in
            let limits = LimitsClient(client: client)
            let before = try await limits.limits().body
            for (text, isYAML) in documents {
                let answer = try await limits.send(.put, "/v1/limits", text, headers: isYAML ? Self.yaml : [:])
                #expect(answer.status == .unprocessableContent, "\(text)")
                #expect(answer["type"]?.string == "urn:weir:problem:invalid_limits", "\(text)")
                let errors = answer["errors"]?.array ?? []
                #expect(!errors.isEmpty, "\(text)")
                for error in errors {
                    let message = error["message"]?.string ?? ""
                    #expect((1...700).contains(message.count), "\(message)")
                    // What contradicts itself only as a whole stands nowhere in particular.
                    #expect(
                        !isYAML || message.contains("(line ") || error["path"]?.string == "aimd", "\(error): \(text)")
                }
                #expect(await weir.limits.table().version == 1, "\(text)")
            }
            #expect(try await limits.limits().body == before)
        }
    }

    /// A document of the grammar, whole and then damaged.
    private static func malformed(_ number: Int, _ random: inout SeededGenerator) -> (text: String, isYAML: Bool) {
        let document = RandomDocument(&random)
        let mistakes = RandomDocument.Mistake.allCases
        guard number % 4 == 3 else {
            let broken = document.with(mistakes[number % mistakes.count], &random)
            return random.chance(50) ? (broken.json, false) : (random.chance(50) ? broken.json : broken.yaml, true)
        }
        let json = document.json
        switch random.number(0...3) {
        case 0: return (String(json.prefix(random.number(0...json.count - 1))), false)
        case 1:
            return (
                document.yaml + "\n" + ["}", "- 1", "\"a", "\tb: 1", "*x", "%", "a: b: c"][random.number(0...6)], true
            )
        case 2:
            return (String(repeating: ["[", "{\"a\":", "- "][random.number(0...2)], count: 1000), random.chance(50))
        default:
            let place = json.index(json.startIndex, offsetBy: random.number(1...json.count - 2))
            return (json[..<place] + "\u{0}" + json[place...], random.chance(50))
        }
    }

    @Test(
        "a body that another encoding, or another reading, makes harmful",
        arguments: [
            // `{"≁絽":1}` in UTF-16, whose bytes end more braces than they open.
            ([0x7B, 0, 0x22, 0, 0x41, 0x22, 0x7D, 0x7D, 0x22, 0, 0x3A, 0, 0x31, 0, 0x7D, 0], false, "must be UTF-8"),
            (Array(Self.explosion.utf8), true, "anchors (&name) are not accepted in a request"),
            (
                Array("# \" : &a\nversion: 1\n\" # \" : &a [x]".utf8), true,
                "anchors (&name) are not accepted in a request"
            ),
        ])
    func harmful(_ bytes: [UInt8], _ isYAML: Bool, _ message: String) async throws {
        try await Weir.withTemporary { _, client in
            let answer = try await client.executeRequest(
                uri: "/v1/limits", method: .put, headers: isYAML ? Self.yaml : [:], body: ByteBuffer(bytes: bytes))
            #expect(answer.status == .unprocessableContent)
            #expect(String(buffer: answer.body).contains(message))
        }
    }

    /// A key whose hash takes the parser hours.
    private static let explosion: String = {
        let level = { (number: Int) in [String](repeating: "*a\(number)", count: 10).joined(separator: ", ") }
        return "a0: &a0 [x, x]\n" + (1...12).map { "a\($0): &a\($0) [\(level($0 - 1))]\n" }.joined() + "? *a12\n: 1\n"
    }()

    @Test("one that would make more policies than a table may have")
    func large() throws {
        let roles = (0..<200).map { "r\($0): { guard_ms: 1 }" }.joined(separator: ", ")
        let hosts = (0..<1000).map { "h\($0): { r0: { guard_ms: 1 } }" }.joined(separator: ", ")
        let error = try #require(throws: DocumentProblems.self) {
            try EffectiveLimits(yaml: "version: 1\ndefaults: { \(roles) }\nhosts: { \(hosts) }")
        }
        #expect(error.description.contains("policies; 100000 are possible"))
    }

    @Test("one that names more roles than anybody has")
    func roles() throws {
        let roles = (0..<300).map { "r\($0): { guard_ms: 1 }" }.joined(separator: ", ")
        let error = try #require(throws: DocumentProblems.self) {
            try EffectiveLimits(yaml: "version: 1\ndefaults: { \(roles) }")
        }
        #expect(error.description.contains("303 roles; 256 are possible"))
    }

    @Test("one with a mistake in every line: the first hundred are told")
    func many() throws {
        let lines = (0..<1000).map { "x\($0): 1" }.joined(separator: "\n")
        let error = try #require(throws: DocumentProblems.self) { try EffectiveLimits(yaml: "version: 1\n\(lines)") }
        #expect(error.problems.count == 100)
    }

    @Test(
        "an address of a backend that stands in the wrong place is not repeated",
        arguments: [
            "backend: redis://:secret@h", "backend: { kind: 'redis://:secret@h' }",
        ])
    func secrets(_ yaml: String) throws {
        let error = try #require(throws: DocumentProblems.self) { try EffectiveLimits(yaml: "version: 1\n\(yaml)") }
        #expect(!error.description.contains("secret"))
    }

    @Test(
        "nor is one that does not go with its backend",
        arguments: [
            ("memory", "redis://:secret@h", "must be empty"), ("sqlite", "", "must be the path"),
            ("redis", "", "must look like redis://"), ("redis", "postgresql://:secret@h", "must look like redis://"),
            ("redis", "redis://:secret@h/x", "number of a database"), ("redis", "redis://:secret@h?x=1", "no query"),
            ("postgres", "redis://:secret@h", "must look like postgresql://"),
        ])
    func addresses(_ kind: String, _ address: String, _ message: String) throws {
        var sources = LimitSources()
        sources.flags = try LimitOverrides.read(
            environment: ["DOCSTOKG_RLIMIT_BACKEND": kind, "WEIR_BACKEND_DSN": address])
        let error = try #require(throws: DocumentProblems.self) { try LimitsStart(sources, after: nil) }
        #expect(error.description.contains(message) && !error.description.contains("secret"), "\(error)")
    }

    @Test("nor do a grammar's own documents fail")
    func wellFormed() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<200 {
            let document = RandomDocument(&random)
            let fromJSON = try EffectiveLimits(json: Data(document.json.utf8))
            #expect(try EffectiveLimits(yaml: document.yaml).document == fromJSON.document)
            #expect(try EffectiveLimits(yaml: document.json).document == fromJSON.document)
            #expect(try EffectiveLimits(json: JSON.encoder.encode(fromJSON.json)).document == fromJSON.document)
        }
    }

    @Test(
        "a file that is not UTF-8, is too large, or is not there",
        arguments: [
            (Data([0xFF, 0xFE, 0x00]), "is not UTF-8"),
            (Data(repeating: 0x20, count: DocumentNode.maximumFileBytes + 1), "at most 8388608 are read"),
            (nil, "is not there or cannot be read"),
        ])
    func files(_ content: Data?, _ message: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "limits.yaml")
            try content?.write(to: file)
            let error = try #require(throws: DocumentProblems.self) {
                try LimitSources(file: file.path()).readFile()
            }
            #expect(error.description.hasPrefix(file.path()))
            #expect(error.description.contains(message))
        }
    }
}
