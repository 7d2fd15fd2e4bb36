import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RateLimiting
import TestSupport
import Testing

@testable import ControlPlane
@testable import Harvesting

@Suite("The service keeps the contract")
struct ContractTests {
    private let document: OpenAPIDocument

    init() throws {
        document = try OpenAPIDocument.served()
    }

    @Test("for every example of a request")
    func examples() async throws {
        try await Weir.withTemporary { [document] _, client in
            let contract = ContractClient(document, client)
            for operation in document.operations {
                let bare = operation.exampleRequest
                if operation.body.isEmpty { try await contract.send(bare) }
                for content in operation.body {
                    for example in content.examples.values {
                        var request = bare
                        // One key is good for one request.
                        if let name = HTTPField.Name("Idempotency-Key"), request.headers[name] != nil {
                            request.headers[name] = "key-\(operation.id)-\(request.body.hashValue)-\(example.hashValue)"
                        }
                        request.headers[.contentType] = content.mediaType
                        request.body = try content.text(of: example)
                        let answer = try await contract.send(request)
                        #expect(![400, 413, 415, 422].contains(answer.status.code), "\(request)")
                    }
                }
            }
        }
    }

    /// A member that says nothing: accepted exactly where the schema has it.
    @Test("for null in every field of every request")
    func nulls() async throws {
        try await Weir.withTemporary { [document] _, client in
            for operation in document.operations where operation.id != "fetch" {
                for content in operation.body where content.isJSON {
                    for example in content.examples.values {
                        for name in document.members(of: content) {
                            guard var members = example.object else { continue }
                            members[name] = .null
                            let text = try content.text(of: .object(members))
                            let isFit = try document.problems(of: text, as: content).isEmpty
                            var request = operation.exampleRequest
                            if let name = HTTPField.Name("Idempotency-Key") { request.headers[name] = nil }
                            request.headers[.contentType] = content.mediaType
                            request.body = text
                            let answer = try await ContractClient(document, client).send(request)
                            let isRefused = [400, 422].contains(answer.status.code)
                            #expect(isFit != isRefused, "\(operation.id): \(text) \(String(buffer: answer.body))")
                        }
                    }
                }
            }
        }
    }

    @Test("for every request that cannot be accepted", arguments: InvalidRequest.all)
    func invalid(_ invalid: InvalidRequest) async throws {
        try await Weir.withTemporary { [document] _, client in
            let contract = ContractClient(document, client)
            try await contract.send(.putLimits(InvalidRequest.limits))
            try await contract.send(InvalidRequest.lastUnit)
            let answer = try await contract.send(invalid.request)
            #expect(answer.status == invalid.problem.status, "\(invalid)")
            let body = try Content.json(String(buffer: answer.body))
            #expect(body["type"] == .string("urn:weir:problem:\(invalid.problem.rawValue)"))
            #expect(body["status"] == .integer(answer.status.code))
            let health = try await contract.send(.get("/healthz"))
            #expect(health.status == .ok)
        }
    }

    @Test("for every method that a path does not list, and for HEAD")
    func methods() async throws {
        try await Weir.withTemporary { [document] weir, client in
            let job = try await RecordedHarvest(in: weir)
            let contract = ContractClient(document, client)
            let missing = try await contract.send(ContractRequest(method: .head, uri: "/v1/jobs/none"))
            #expect(missing.status == .notFound)
            for (path, operations) in Dictionary(grouping: document.operations, by: \.path) {
                let uri =
                    path.replacing("{id}", with: job.job).replacing("{sha256}", with: job.sha256)
                    .replacing("{host}", with: "a.example").replacing("{number}", with: "1")
                    + (path == "/v1/limits/effective" ? "?host=a.example&role=metadata" : "")
                let listed = Set(operations.map(\.method))
                let allowed = listed.contains(.get) ? listed.union([.head]) : listed
                let others = ["QUERY", "PROPFIND", "UNSUBSCRIBE"].compactMap { HTTPRequest.Method($0) }
                for method in [.get, .head, .post, .put, .patch, .delete, .options] + others {
                    let request = ContractRequest(method: method, uri: uri)
                    if method == .head, allowed.contains(.head) {
                        let answer = try await contract.send(request)
                        #expect(answer.status == .ok)
                    } else if !allowed.contains(method) {
                        let answer = try await contract.send(request)
                        #expect(answer.status == .methodNotAllowed)
                        let allow = answer.headers[.allow]?.split(separator: ", ").map(String.init)
                        #expect(Set(allow ?? []) == Set(allowed.map(\.rawValue)))
                    }
                }
            }
        }
    }

    @Test("and gives every answer that it lists")
    func everyAnswer() async throws {
        var given = try await invalidAnswers()
        given.formUnion(try await contradictions())
        given.formUnion(try await validAnswers())
        given.formUnion(try await fetchAnswers())
        given.formUnion(try await unreadyAnswer())
        let errors: [any Error] = [
            CancellationError(), LimitLogUnavailable("no answer"), ContractDefect(description: "a broken backend"),
        ]
        for error in errors {
            given.formUnion(
                try await ScriptedLimits(error: error).serve { [document] client in
                    let contract = ContractClient(document, client)
                    try await contract.send(InvalidRequest.lastUnit)
                    try await contract.send(.post("/v1/tokens/release", #"{"lease":"5f0c1ab2d93e4477-1-0"}"#))
                    try await contract.send(
                        .post("/v1/tokens/batch", #"{"requests":[\#(InvalidRequest.acquireLast)]}"#))
                    try await contract.send(.delete("/v1/leases/5f0c1ab2d93e4477-1-0"))
                    return contract.answered
                })
        }
        // Nothing but a defect brings about a 500, so it is shown for one operation only.
        let listed = document.operations.flatMap { operation in
            operation.responses.keys.filter { $0 != "default" && $0 != "500" }.map { "\(operation.id) \($0)" }
        }
        #expect(Set(listed).subtracting(given).isEmpty)
        #expect(given.contains("acquireTokens 500"))
    }

    private func invalidAnswers() async throws -> Set<String> {
        try await Weir.withTemporary { [document] _, client in
            let contract = ContractClient(document, client)
            try await contract.send(.putLimits(InvalidRequest.limits))
            try await contract.send(InvalidRequest.lastUnit)
            for invalid in InvalidRequest.all { try await contract.send(invalid.request) }
            return contract.answered
        }
    }

    /// A file that only goes together with what the API says, and then with nothing.
    private func contradictions() async throws -> Set<String> {
        try await withTemporaryFolder { [document] folder in
            let file = folder.appending(path: "limits.yaml")
            try Data("version: 1\n".utf8).write(to: file)
            return try await Weir.withTemporary(limits: LimitSources(file: file.path())) { _, client in
                let contract = ContractClient(document, client)
                try await contract.send(.patchLimits(#"{"aimd":{"min_multiplier":0.1}}"#))
                try Data("version: 1\naimd: { max_multiplier: 0.2 }\n".utf8).write(to: file)
                #expect(try await contract.send(.post("/v1/limits/reload")).status == .ok)
                let kept = try await contract.send(.delete("/v1/limits/overlay"))
                #expect(kept.status == .unprocessableContent)
                try Data("version: 2\n".utf8).write(to: file)
                #expect(try await contract.send(.post("/v1/limits/reload")).status == .unprocessableContent)
                try await contract.send(.get("/v1/limits"))
                return contract.answered
            }
        }
    }

    private func fetchAnswers() async throws -> Set<String> {
        try await Weir.withTemporary(fetches: true) { [document] _, client in
            let contract = ContractClient(document, client)
            let large = String(repeating: " ", count: Request.maximumBodyBytes + 1)
            for (body, status) in [
                ("{", 400), (large, 413), (#"{"url":"http://a.example:0/","role":"metadata"}"#, 422),
                (#"{"url":"http://127.0.0.1/","role":"metadata"}"#, 403),
                (#"{"url":"http://a.example/","role":"metadata","headers":{"cache-control":"only-if-cached"}}"#, 504),
            ] {
                let answer = try await contract.send(.post("/v1/fetch", body))
                #expect(answer.status.code == status)
            }
            return contract.answered
        }
    }

    /// Of a service whose data folder is gone.
    private func unreadyAnswer() async throws -> Set<String> {
        try await withTemporaryFolder { [document] folder in
            try await Weir.running(in: folder) { _, client in
                let contract = ContractClient(document, client)
                try FileManager.default.removeItem(at: folder)
                #expect(try await contract.send(.get("/readyz")).status == .serviceUnavailable)
                return contract.answered
            }
        }
    }

    private func validAnswers() async throws -> Set<String> {
        try await Weir.withTemporary { [document] weir, client in
            let contract = ContractClient(document, client)
            let job = try await RecordedHarvest(in: weir)
            let own = "/v1/jobs/\(job.job)"
            try await contract.send(.post("/v1/jobs", #"{"dois":["10.5555/1"]}"#))
            try await contract.send(.delete("/v1/cache?url=http://a.example/"))
            for list in ["/v1/jobs", "\(own)/works", "\(own)/attempts"] {
                let first = try Content.json(String(buffer: try await contract.send(.get("\(list)?limit=1")).body))
                let next = try #require(first["next"]?.string)
                let last = try await contract.send(.get("\(list)?limit=2&cursor=\(next)"))
                #expect(try Content.json(String(buffer: last.body))["next"] == nil)
            }
            let lines = try await contract.send(.get("\(own)/manifest.jsonl"))
            #expect(String(buffer: lines.body).split(separator: "\n").count == 5)
            let rows = try await contract.send(.get("\(own)/manifest.csv"))
            #expect(String(buffer: rows.body).split(separator: "\r\n").count == 6)
            try await contract.send(.get("\(own)/artifacts/\(job.sha256)"))
            for path in [
                "/healthz", "/readyz", "/version", "/metrics", "/openapi.yaml", "/openapi.json", "/v1/limits", own,
            ] {
                try await contract.send(.get(path))
            }
            #expect(try await contract.send(.delete(own)).status == .conflict)
            for action in ["pause", "resume", "cancel", "retry", "cancel"] {
                for status: HTTPResponse.Status in [.ok, .conflict] {
                    let answer = try await contract.send(.post("\(own)/\(action)"))
                    #expect(answer.status == status, "\(action)")
                }
            }
            let events = try await contract.send(.get("\(own)/events"))
            #expect(String(buffer: events.body).hasPrefix("event: state\ndata: {"))
            #expect(try await contract.send(.delete(own)).status == .noContent)
            let grant = try await contract.send(
                .post("/v1/tokens/acquire", #"{"host":"api.openalex.org","role":"metadata"}"#))
            let lease = try #require(try Content.json(String(buffer: grant.body))["lease"]?.string)
            for state in ["released", "already_released"] {
                let answer = try await contract.send(.post("/v1/tokens/release", #"{"lease":"\#(lease)"}"#))
                #expect(try Content.json(String(buffer: answer.body))["state"] == .string(state))
            }
            try await tokens(contract)
            let changed = try await contract.send(.putLimits(InvalidRequest.limits, headers: [.ifMatch: "\"1\""]))
            #expect(changed.headers[.eTag] == "\"2\"")
            try await limits(contract)
            return contract.answered
        }
    }

    /// What the limits API answers besides a replacement.
    private func limits(_ contract: ContractClient) async throws {
        try await contract.send(.patchLimits(#"{"defaults":{"landing":{"mode":"shadow"}},"global_max_inflight":9}"#))
        try await contract.send(.post("/v1/limits/validate", #"{"version":1}"#))
        try await contract.send(.get("/v1/limits/overlay"))
        try await contract.send(.get("/v1/limits/effective?host=last.example&role=metadata"))
        try await contract.send(.post("/v1/limits/rollback", #"{"version":1}"#))
        try await contract.send(.delete("/v1/limits/overlay"))
        let first = try await contract.send(.get("/v1/limits/versions?limit=2"))
        let next = try #require(try Content.json(String(buffer: first.body))["next"]?.string)
        try await contract.send(.get("/v1/limits/versions?limit=100&cursor=\(next)"))
        try await contract.send(.get("/v1/limits/versions/3"))
    }

    /// What the token API answers besides acquire and release.
    private func tokens(_ contract: ContractClient) async throws {
        let ask = #"{"host":"api.crossref.org","role":"artifact"}"#
        let grants = try await contract.send(
            .post("/v1/tokens/batch", #"{"requests":[\#(ask),{"host":"a","role":"nonsense"}]}"#))
        let answers = try Content.json(String(buffer: grants.body))["answers"]?.array
        #expect(answers?.map { $0["status"] } == [.integer(200), .integer(422)])
        let lease = try #require(answers?.first?["lease"]?.string)
        try await contract.send(.post("/v1/tokens/check", ask))
        try await contract.send(.get("/v1/usage?host=api.crossref.org"))
        try await contract.send(.get("/v1/instances"))
        try await contract.send(.get("/v1/leases?host=api.crossref.org"))
        try await contract.send(.post("/v1/tokens/renew", #"{"lease":"\#(lease)"}"#))
        for state in ["released", "already_released"] {
            let revoked = try await contract.send(.delete("/v1/leases/\(lease)"))
            #expect(try Content.json(String(buffer: revoked.body))["state"] == .string(state))
        }
        let late = try await contract.send(.post("/v1/tokens/renew", #"{"lease":"\#(lease)"}"#))
        #expect(late.status == .gone)
        try await contract.send(.delete("/v1/usage?host=api.crossref.org&role=artifact"))
        try await contract.send(.post("/v1/hosts/api.crossref.org/pause", #"{"duration_ms":1000}"#))
        let resumed = try await contract.send(.post("/v1/hosts/api.crossref.org/resume"))
        #expect(try Content.json(String(buffer: resumed.body))["resumed"]?.array?.count == 1)
    }
}
