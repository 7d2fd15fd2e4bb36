import Foundation
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Reading JSON") struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.value(of: Array(text.utf8)) }

    @Test(
        "reads every kind of value",
        arguments: [
            (" null ", .null), ("true", .bool(true)), ("\tfalse\r\n", .bool(false)), ("0", .int(0)), ("-0", .int(0)),
            ("-12", .int(-12)), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("1.5", .double(1.5)), ("2.0", .int(2)), ("1e2", .int(100)), ("1E-1", .double(0.1)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("\"\"", .string("")),
            (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, .string("a\"\\/\u{8}\u{C}\n\r\té😀é")),
            (#""\u0000""#, .string("\0")), ("[]", .array([])),
            ("[1, [2 ],{}]", .array([.int(1), .array([.int(2)]), .object([:])])),
            (#"{ "a" : 1 , "b":[ ] }"#, .object(["a": .int(1), "b": .array([])])),
        ] as [(String, JSONValue)])
    func values(_ text: String, _ value: JSONValue) throws {
        #expect(try read(text) == value)
    }

    @Test(
        "names the place of what cannot be accepted",
        arguments: [
            ("", "", 1, "it ends where a value is expected"), ("[1,]", "[1]", 4, "a value is expected, not ']'"),
            (#"{"a":1,}"#, "", 8, "a key in quotation marks is expected, not '}'"),
            ("[1 2]", "", 4, "',' or ']' is expected, not '2'"), ("{\"a\" 1}", "a", 6, "':' is expected, not '1'"),
            ("{a:1}", "", 2, "a key in quotation marks is expected"), ("1 2", "", 3, "the end of the text is expected"),
            ("[01]", "[0]", 2, "must not begin with 0"), ("-01", "", 1, "must not begin with 0"),
            ("[1.]", "[0]", 4, "a digit is expected"), ("1e", "", 3, "it ends where a digit is expected"),
            ("+1", "", 1, "a value is expected, not '+'"), ("NaN", "", 1, "a value is expected, not 'N'"),
            ("tru", "", 1, "a value is expected"), ("[1e400]", "[0]", 2, "is too large a number"),
            ("\"a", "", 3, "it ends where the end of a string is expected"),
            ("\"a\nb\"", "", 3, "a control character must be written as an escape"),
            (#"["\x"]"#, "[0]", 3, "a backslash must be followed by"),
            (#""\u12g4""#, "", 2, "four hexadecimal digits"), (#""\ud800""#, "", 2, "half of a surrogate pair"),
            (#""\udc00\ud800""#, "", 2, "half of a surrogate pair"), (#""\ud800\u0041""#, "", 2, "half of a surrogate"),
            (#"{"a":1,"a":2}"#, "a", 8, "given more than once"),
            (#"{"x":[{"b":{}},{"b":"}","c":1,"b":2}]}"#, "x[1].b", 31, "given more than once"),
            (#"{"q\"":1,"a":{"a":1},"q\u0022":2}"#, "q\"", 22, "given more than once"),
            ("\u{FEFF}{}", "", 1, "must not begin with a byte order mark"), ("[\0]", "[0]", 2, "it must be UTF-8"),
            ("[é]", "[0]", 2, "a value is expected"), ("[\"é\" 1]", "", 6, "',' or ']' is expected, not '1'"),
        ])
    func refused(_ text: String, _ path: String, _ column: Int, _ message: String) throws {
        let problem = try #require(throws: JSONProblem.self) { try read(text) }
        #expect(problem.path == path)
        #expect(problem.place == TextPlace(line: 1, column: column))
        #expect(problem.message.contains(message))
    }

    @Test("counts lines")
    func lines() throws {
        let problem = try #require(throws: JSONProblem.self) { try read("{\n  \"a\": 1,\n  \"b\": x\n}") }
        #expect(problem.description == "b: not valid JSON: a value is expected, not 'x' (line 3, column 8)")
    }

    @Test(
        "reads UTF-8 and nothing else",
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC3, 0x22],
            [0xFF, 0xFE, 0x31, 0x00], [0xFE, 0xFF, 0x00, 0x31], [0x31, 0x00, 0x00, 0x00], [0x22, 0x00, 0x22],
        ] as [[UInt8]])
    func encodings(_ bytes: [UInt8]) throws {
        let problem = try #require(throws: JSONProblem.self) { try JSONReader.value(of: bytes) }
        #expect(problem.message.contains("it must be UTF-8"))
    }

    @Test("goes 32 deep, and no deeper, however much deeper it is", arguments: ["[", #"{"a":"#])
    func depth(_ open: String) throws {
        let close = open == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            let inner = open == "[" ? "" : "0"
            return String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
        }
        _ = try read(nested(32))
        for depth in [33, 500, 100_000] {
            let problem = try #require(throws: JSONProblem.self) { try read(nested(depth)) }
            #expect(problem.message == "is nested more than 32 deep")
        }
        // Many that are not in each other are no depth.
        _ = try read("[" + [String](repeating: nested(31), count: 1000).joined(separator: ",") + "]")
    }

    @Test("counts while it reads: values, and the bytes of strings, keys and numbers")
    func bounds() throws {
        let most = JSONBounds(values: 3, stringBytes: 4)
        func refusal(_ text: String) throws -> String {
            try #require(throws: JSONProblem.self) { try JSONReader.value(of: Array(text.utf8), within: most) }.message
        }
        #expect(
            try JSONReader.value(of: Array(#"["abcd","\u00e9é"]"#.utf8), within: most)
                == .array([.string("abcd"), .string("éé")]))
        // What follows is not looked at any more.
        #expect(try refusal("[1,2,3,") == "has more than 3 values")
        #expect(try refusal("[\"abcde") == "is longer than 4 bytes")
        #expect(try refusal(#"["ab\n\n\n""#) == "is longer than 4 bytes")
        #expect(try refusal(String(repeating: "1", count: 129)) == "is a number of more than 128 characters")
        let key = String(repeating: "k", count: 257)
        #expect(try refusal("{\"\(key)\":1}") == "is longer than 256 bytes")
    }

    @Test("refuses runs of combining marks, which cost the square of their length wherever they are compared")
    func marks() throws {
        let run = { (count: Int) in "a" + String(repeating: "\u{301}\u{323}", count: count / 2) }
        #expect(try read("\"\(run(30))\"") == .string(run(30)))
        for count in [32, 500_000] {
            let problem = try #require(throws: JSONProblem.self) {
                try JSONReader.value(of: Array("[\"\(run(count))\"]".utf8), within: .own)
            }
            #expect(problem.message == "has more than 30 combining marks in a row")
        }
    }

    @Test("agrees with Foundation about random texts")
    func random() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<2000 {
            let text = Self.text(&random, depth: 0)
            let own = try JSONReader.value(of: Array(text.utf8))
            let other = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            let written = try JSON.encoder.encode(own)
            let again = try JSONSerialization.jsonObject(with: written, options: .fragmentsAllowed)
            #expect((other as? NSObject) == (again as? NSObject), "\(text)")
            // Cut anywhere, it is refused or still a value; it never traps.
            _ = try? JSONReader.value(of: Array(text.utf8.prefix(random.number(0...text.utf8.count))))
        }
    }

    private static func text(_ random: inout SeededGenerator, depth: Int) -> String {
        let space = ["", " ", "\n", "\t "][random.number(0...3)]
        let items = { (random: inout SeededGenerator, make: (inout SeededGenerator, Int) -> String) in
            (0..<random.number(0...4)).map { make(&random, $0) }.joined(separator: "," + space)
        }
        let value: String =
            switch random.number(0...(depth < 5 ? 8 : 6)) {
            case 0: "null"
            case 1: random.chance(50) ? "true" : "false"
            case 2: "\(random.number(-1000...1000))"
            case 3: "\(random.number(-9...9)).\(random.number(0...999))"
            case 4: "\(random.number(1...9))e\(random.number(-20...20))"
            case 5: #""\u00e\#(random.number(0...9))\n\"x""#
            case 6: "\"é \(random.number(0...99)) 😀\""
            case 7: "[" + items(&random) { random, _ in text(&random, depth: depth + 1) } + "]"
            default: "{" + items(&random) { random, index in "\"k\(index)\":\(text(&random, depth: depth + 1))" } + "}"
            }
        return space + value + space
    }
}
