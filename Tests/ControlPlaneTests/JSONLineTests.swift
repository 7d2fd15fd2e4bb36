import Foundation
import Logging
import TestSupport
import Testing

@testable import ControlPlane

@Suite("A log line") struct JSONLineTests {
    private func decoded(_ metadata: Logger.Metadata) throws -> JSONTree {
        var line = JSONLine()
        for (key, value) in metadata { line.add(key, value) }
        var bytes = Data()
        line.finished { bytes = Data($0) }
        #expect(bytes.last == UInt8(ascii: "\n") && !bytes.dropLast().contains(UInt8(ascii: "\n")))
        return try JSONDecoder().decode(JSONTree.self, from: bytes)
    }

    @Test("is one line of JSON, whatever it tells of")
    func values() throws {
        let line = try decoded([
            "text": "a \"b\" \\ \n\r\t\u{0}\u{1f} ü 🌊", "number": .stringConvertible(-7),
            "flag": .stringConvertible(true),
            "other": .stringConvertible(1.5), "list": ["x", .stringConvertible(2)], "object": ["k": ["v"]],
        ])
        #expect(line["text"] == .string("a \"b\" \\ \n\r\t\u{0}\u{1f} ü 🌊"))
        #expect(line["number"] == .integer(-7) && line["flag"] == .bool(true) && line["other"] == .string("1.5"))
        #expect(line["list"] == .array([.string("x"), .integer(2)]))
        #expect(line["object"]?["k"] == .array([.string("v")]))
    }

    @Test("is JSON for any text")
    func property() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 0..<20, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0x1_0000, using: &generator))
            }
            let text = String(String.UnicodeScalarView(scalars))
            #expect(try decoded([text: .string(text)])[text] == .string(text), "seed \(seed)")
        }
    }
}
