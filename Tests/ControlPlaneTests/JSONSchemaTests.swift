import Foundation
import TestSupport
import Testing

@Suite("A JSON Schema")
struct JSONSchemaTests {
    private static func tree(_ text: String) throws -> JSONTree {
        try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8))
    }

    @Test(
        "accepts what fits and refuses what does not",
        arguments: [
            (#"{"type":"integer"}"#, "1", "1.5"),
            (#"{"type":["string","null"]}"#, "null", "true"),
            (#"{"type":"boolean"}"#, "true", "1"),
            (#"{"const":"a"}"#, #""a""#, #""b""#),
            (#"{"enum":["a",null]}"#, "null", #""b""#),
            (#"{"minimum":1}"#, "1", "0"),
            (#"{"maximum":1}"#, #""a""#, "2"),
            (#"{"minLength":2}"#, #""äö""#, #""ä""#),
            (#"{"maxLength":1}"#, #""ä""#, #""ab""#),
            (#"{"pattern":"^a+$"}"#, #""aa""#, #""ab""#),
            (#"{"format":"uuid"}"#, #""7b0e4a9e-3c1f-4b57-9a41-0c8f5d2e6f10""#, #""7b0e""#),
            (#"{"format":"date-time"}"#, #""2026-05-22T09:30:00.000001Z""#, #""2026-05-22""#),
            (#"{"items":{"type":"null"}}"#, "[null]", "[null,1]"),
            (#"{"minItems":1}"#, "[1]", "[]"),
            (#"{"maxItems":1}"#, "[1]", "[1,2]"),
            (#"{"uniqueItems":true}"#, "[1,2]", "[1,1]"),
            (#"{"maxProperties":1}"#, #"{"a":1}"#, #"{"a":1,"b":1}"#),
            (#"{"required":["a"]}"#, #"{"a":1}"#, "{}"),
            (#"{"dependentRequired":{"a":["b"]}}"#, #"{"b":1}"#, #"{"a":1}"#),
            (#"{"properties":{"a":{"type":"null"}}}"#, #"{"b":1}"#, #"{"a":1}"#),
            (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1}"#, #"{"b":1}"#),
            (#"{"additionalProperties":{"type":"null"}}"#, #"{"a":null}"#, #"{"a":1}"#),
            (#"{"propertyNames":{"maxLength":1}}"#, #"{"a":1}"#, #"{"ab":1}"#),
            (#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, "1", "3"),
            (#"{"anyOf":[{"const":1},{"const":2}]}"#, "2", "3"),
            (#"{"oneOf":[{"minimum":1},{"maximum":2}]}"#, "3", "1"),
            (#"{"not":{"const":1}}"#, "2", "1"),
        ])
    func values(schema: String, fits: String, fitsNot: String) throws {
        let schema = try JSONSchema(Self.tree(schema))
        #expect(schema.problems(of: try Self.tree(fits)).isEmpty)
        #expect(!schema.problems(of: try Self.tree(fitsNot)).isEmpty)
    }

    @Test(
        "is refused when it has a keyword that is not understood",
        arguments: [
            #"{"minmum":1}"#, #"{"minimum":"1"}"#, #"{"type":"text"}"#, #"{"pattern":"("}"#, #"{"format":"email"}"#,
            #"{"properties":{"a":{"items":{"unevaluatedItems":false}}}}"#, #"{"oneOf":[{"const":1},{"if":true}]}"#,
        ])
    func keywords(schema: String) throws {
        let tree = try Self.tree(schema)
        #expect(throws: JSONSchemaError.self) { try JSONSchema(tree) }
    }

    @Test("follows references, and misses those that lead nowhere")
    func references() throws {
        let schema = try JSONSchema(Self.tree(##"{"$ref":"#/a"}"##))
        let definitions = ["#/a": try JSONSchema(Self.tree(#"{"type":"null"}"#))]
        #expect(schema.problems(of: .null, definitions: definitions).isEmpty)
        #expect(!schema.problems(of: .bool(true), definitions: definitions).isEmpty)
        #expect(!schema.problems(of: .null).isEmpty)
    }
}
