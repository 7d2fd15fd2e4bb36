import Foundation
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The contract")
struct OpenAPITests {
    private let document: OpenAPIDocument

    init() throws {
        document = try OpenAPIDocument.served()
    }

    @Test("lists exactly the routes that are served")
    func routes() async throws {
        try await Weir.withTemporary { [document] weir, _ in
            let table = weir.addRoutes(to: Router(context: WeirRequestContext.self))
            let served = table.methods.flatMap { path, methods in methods.map { "\($0) \(path)" } }
            let documented = document.operations.map { "\($0.method) \($0.path)" }
            #expect(served.sorted() == documented.sorted())
        }
    }

    @Test("states for every route the permission that it requires, and uses every permission")
    func permissions() async throws {
        try await Weir.withTemporary { [document] weir, _ in
            let table = weir.addRoutes(to: Router(context: WeirRequestContext.self))
            let documented = document.operations.map { ("\($0.method) \($0.path)", $0.permission) }
            #expect(
                table.permissions.mapValues { Optional($0.rawValue) } == Dictionary(uniqueKeysWithValues: documented))
            #expect(Set(table.permissions.values) == Set(Permission.allCases))
        }
    }

    @Test("is served as JSON too")
    func json() async throws {
        try await Weir.withTemporary { [document] _, client in
            let answer = try await client.executeRequest(uri: "/openapi.json", method: .get, headers: [:], body: nil)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(try Content.json(String(buffer: answer.body)) == document.tree)
        }
    }

    @Test("lists exactly the routes of docs/rest.md")
    func page() throws {
        let page = try String(contentsOf: Tested.docs.appending(path: "rest.md"), encoding: .utf8)
        let lines = page.matches(of: #/(?m)^\| `([A-Z]+ \/[^`]*)` \| .+ \|$/#).map { String($0.1) }
        #expect(lines.sorted() == document.operations.map { "\($0.method) \($0.path)" }.sorted())
    }

    @Test("has the version and the address of the service")
    func information() {
        #expect(document.tree["openapi"] == .string("3.1.0"))
        #expect(document.tree["info"]?["version"] == .string(Weir.version))
        let settings = Settings()
        let server = document.tree["servers"]?.array?.first?["url"]
        #expect(server == .string("http://\(settings.host):\(settings.port)"))
    }

    @Test("names, sums up and tags every operation")
    func operations() throws {
        let tags = Set((document.tree["tags"]?.array ?? []).compactMap { $0["name"]?.string })
        #expect(Set(document.operations.map(\.id)).count == document.operations.count)
        #expect(Set(document.operations.flatMap(\.tags)) == tags)
        for operation in document.operations {
            #expect(operation.summary?.isEmpty == false, "\(operation.id)")
            #expect(operation.tags.count == 1, "\(operation.id)")
            #expect(operation.responses["500"] != nil && operation.responses["default"] != nil, "\(operation.id)")
            #expect((operation.responses["413"] != nil) == !operation.body.isEmpty, "\(operation.id)")
            let inPath = operation.parameters.filter { $0.place == "path" }
            #expect(Set(inPath.map(\.name)) == operation.placeholders && inPath.allSatisfy(\.isRequired))
            #expect(operation.parameters.contains { $0.name == "X-Request-Id" }, "\(operation.id)")
            for (status, response) in operation.responses {
                #expect(response.headers["X-Request-Id"] != nil, "\(operation.id) \(status)")
            }
        }
    }

    @Test("refers to nothing that is not there, and defines nothing that is not used")
    func references() throws {
        let used = Set(References.all(in: document.tree))
        for reference in used {
            #expect(throws: Never.self) {
                try References(root: document.tree).resolve(.object(["$ref": .string(reference)]))
            }
        }
        let defined = (document.tree["components"]?.object ?? [:]).flatMap { kind, components in
            (components.object ?? [:]).keys.map { "#/components/\(kind)/\($0)" }
        }
        #expect(used == Set(defined))
    }

    @Test("shows examples that fit their schemas")
    func examples() throws {
        for operation in document.operations {
            for parameter in operation.parameters {
                let problems = parameter.schema.problems(of: parameter.example, definitions: document.definitions)
                #expect(problems.isEmpty, "\(operation.id) \(parameter.name)")
            }
            let answers = operation.responses.values.flatMap(\.content)
            for content in operation.body + answers {
                #expect(!content.examples.isEmpty || content.schema == nil, "\(operation.id) \(content.mediaType)")
                for (name, example) in content.examples {
                    let problems = try document.problems(of: content.text(of: example), as: content)
                    #expect(problems.isEmpty, "\(operation.id) \(content.mediaType) \(name)")
                }
            }
        }
    }

    @Test("knows every problem by its type, title and status")
    func problems() throws {
        let types = document.tree["components"]?["schemas"]?["Problem"]?["properties"]?["type"]?["enum"]
        #expect(types == .array(Problem.Kind.allCases.map { .string("urn:weir:problem:\($0.rawValue)") }))
        var shown: Set<Problem.Kind> = []
        for operation in document.operations {
            for (status, response) in operation.responses {
                for content in response.content where content.mediaType == "application/problem+json" {
                    for (name, example) in content.examples {
                        let type = try #require(example["type"]?.string)
                        if let reason = example["reason"]?.string {
                            // Of a fetch: every reason has a type of its own.
                            #expect(type == "urn:weir:problem:\(reason)")
                            continue
                        }
                        let kind = try #require(Problem.Kind(rawValue: String(type.dropFirst(17))))
                        shown.insert(kind)
                        #expect(example["title"] == .string(kind.title), "\(operation.id) \(name)")
                        #expect(example["status"] == .integer(kind.status.code), "\(operation.id) \(name)")
                        #expect(status == "default" || status == "\(kind.status.code)", "\(operation.id) \(name)")
                    }
                }
            }
        }
        #expect(shown == Set(Problem.Kind.allCases))
    }

    @Test("states the bounds that the service enforces")
    func bounds() throws {
        let schemas = try #require(document.tree["components"]?["schemas"])
        let acquire = schemas["AcquireRequest"]?["properties"]
        #expect(acquire?["claims"]?["maxItems"] == .integer(AcquireBody.maximumClaims))
        #expect(acquire?["lease_ttl_ms"]?["minimum"] == .integer(AcquireBody.leaseTTL.lowerBound))
        #expect(acquire?["lease_ttl_ms"]?["maximum"] == .integer(AcquireBody.leaseTTL.upperBound))
        #expect(acquire?["max_wait_ms"]?["minimum"] == .integer(AcquireBody.maximumWait.lowerBound))
        #expect(acquire?["max_wait_ms"]?["maximum"] == .integer(AcquireBody.maximumWait.upperBound))
        let policy = Set(schemas["Policy"]?["properties"]?.object?.keys.map(\.self) ?? [])
        #expect(policy == Set(LimitsSchema.policy.map(\.name)))
        let aimd = Set(schemas["AIMD"]?["properties"]?.object?.keys.map(\.self) ?? [])
        #expect(aimd == Set(LimitsSchema.aimd.map(\.name)))
        #expect(schemas["LimitsSource"]?["enum"] == .array(LimitsCause.Source.allCases.map { .string($0.rawValue) }))
        let timeout = schemas["FetchRequest"]?["properties"]?["timeout_ms"]
        #expect(timeout?["minimum"] == .integer(FetchOrder.timeouts.lowerBound))
        #expect(timeout?["maximum"] == .integer(FetchOrder.timeouts.upperBound))
        let limit = document.tree["components"]?["parameters"]?["Limit"]?["schema"]
        #expect(limit?["minimum"] == .integer(Page.limits.lowerBound))
        #expect(limit?["maximum"] == .integer(Page.limits.upperBound))
    }
}
