import Foundation
import Harvesting
import Testing

@testable import ControlPlane

@Suite("Decoding JSON") struct JSONDecodingTests {
    private struct Inner: Decodable, Equatable {
        let count: Int
        let share: Double?

        enum CodingKeys: String, StrictKey {
            case count
            case share
        }
    }

    private struct Outer: Decodable, Equatable {
        let name: String
        let items: [Inner]?
        let isOn: Bool?
        let names: [String: String]?
        let any: JSONValue?

        enum CodingKeys: String, StrictKey {
            case name
            case items
            case isOn = "is_on"
            case names
            case any
        }
    }

    private func decode(_ text: String) throws -> Outer {
        try JSON.decode(Outer.self, from: Array(text.utf8), within: .body)
    }

    @Test("decodes what is there")
    func decodes() throws {
        let text =
            #"{"name":"a","items":[{"count":2.0,"share":1},{"count":-1}],"is_on":false,"names":{"x":"y"},"any":[1]}"#
        #expect(
            try decode(text)
                == Outer(
                    name: "a", items: [Inner(count: 2, share: 1), Inner(count: -1, share: nil)], isOn: false,
                    names: ["x": "y"], any: .array([.int(1)])))
        #expect(
            try decode(#"{"name":"a","items":null}"#)
                == Outer(name: "a", items: nil, isOn: nil, names: nil, any: nil))
    }

    @Test(
        "names the path of what is wrong",
        arguments: [
            ("[]", "must be an object"), ("{}", "name: is missing"), (#"{"name":1}"#, "name: must be a text"),
            (#"{"name":null}"#, "name: must be a text, not null"),
            (#"{"name":"a","items":{}}"#, "items: must be a list"),
            (#"{"name":"a","items":[{"count":1},{"count":"1"}]}"#, "items[1].count: must be a whole number"),
            (#"{"name":"a","items":[{"count":1.5}]}"#, "items[0].count: must be a whole number"),
            (#"{"name":"a","items":[{"count":1e30}]}"#, "items[0].count: must be a whole number"),
            (#"{"name":"a","items":[{"count":1,"share":"x"}]}"#, "items[0].share: must be a number"),
            (#"{"name":"a","items":[null]}"#, "items[0]: must be an object, not null"),
            (#"{"name":"a","is_on":0}"#, "is_on: must be true or false"),
            (#"{"name":"a","names":{"x":1}}"#, "names.x: must be a text"),
            (
                #"{"name":"a","items":[{"count":1,"cuont":2}]}"#,
                "items[0].cuont: unknown field; known here: count, share"
            ),
        ])
    func paths(_ text: String, _ message: String) throws {
        let problem = try #require(throws: JSONProblem.self) { try decode(text) }
        #expect(problem.description == message)
    }

    @Test("tells what a type of its own says about its value")
    func ownTypes() throws {
        let problem = try #require(throws: JSONProblem.self) {
            try JSON.decode(JobRequest.self, from: Array(#"{"resolvers":["osf","sci_hub"]}"#.utf8), within: .body)
        }
        #expect(problem.path == "resolvers[1]")
        #expect(problem.message.hasPrefix("is no resolver; known are "))
    }
}
