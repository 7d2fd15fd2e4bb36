import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import RateLimiting
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Limits change while the service runs") struct LimitsControlTests {
    /// A service whose file is `yaml`, and a way to write another.
    private func serving(
        _ yaml: String, overrides: [String] = [], metrics: PrometheusRegistry = .weir(),
        _ body: @escaping @Sendable (LimitsClient, @Sendable (String) throws -> Void) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "limits.yaml")
            let write: @Sendable (String) throws -> Void = { try Data("version: 1\n\($0)\n".utf8).write(to: file) }
            try write(yaml)
            var sources = LimitSources(file: file.path())
            sources.flags = try LimitOverrides.read(flags: [:], hosts: overrides)
            try await Weir.withTemporary(limits: sources, metrics: metrics) { _, client in
                try await body(LimitsClient(client: client), write)
            }
        }
    }

    private static let two = #"defaults: { metadata: { rates: [2/HOUR], max_delay_ms: 0 } }"#

    @Test("a patch governs the next decision, and what was used stays used")
    func patch() async throws {
        try await serving(Self.two) { limits, _ in
            for _ in 0..<2 { #expect(try await limits.acquire()["limits_version"] == .integer(1)) }
            let denied = try await limits.acquire()
            #expect(denied.status == .tooManyRequests)
            #expect(denied["limits_version"] == .integer(1))
            let patched = try await limits.patch(#"{"hosts":{"A.Example":{"metadata":{"rates":["3/HOUR"]}}}}"#)
            #expect(patched.version == 2)
            #expect(patched["hosts", "a.example", "metadata", "rates"] == .array([.string("3/HOUR")]))
            #expect(try await limits.acquire()["limits_version"] == .integer(2))
            #expect(try await limits.acquire().status == .tooManyRequests)
            #expect(try await limits.effective("rates").origin == "api version 2")
            #expect(try await limits.effective("max_delay_ms").origin?.hasPrefix("file ") == true)
            // Taken back, the file shows again.
            let back = try await limits.patch(#"{"hosts":{"a.example":null}}"#)
            #expect(back["hosts", "a.example"] == nil)
            #expect(try await limits.effective("rates").value == .array([.string("2/HOUR")]))
        }
    }

    @Test("a replacement says all that the API says")
    func put() async throws {
        try await serving(Self.two) { limits, _ in
            try await limits.patch(#"{"global_max_inflight":7,"defaults":{"metadata":{"guard_ms":3}}}"#)
            let put = try await limits.send(.put, "/v1/limits", #"{"version":1,"global_max_inflight":8}"#)
            #expect(put["global_max_inflight"] == .integer(8))
            #expect(put["defaults", "metadata", "guard_ms"] == nil)
            #expect(put["defaults", "metadata", "rates"] == .array([.string("2/HOUR")]))
            #expect(put["status", "overlay_values"] == .integer(1))
            let shown = try await limits.limits().body
            let again = try await limits.send(.put, "/v1/limits", String(decoding: try shown.encoded(), as: UTF8.self))
            #expect(again.status == .ok)
            #expect(try await limits.send(.get, "/v1/limits/overlay")["global_max_inflight"] == .integer(8))
            let deleted = try await limits.send(.delete, "/v1/limits/overlay")
            #expect(deleted["global_max_inflight"] == .integer(500))
            #expect(try await limits.send(.get, "/v1/limits/overlay").body == .object(["version": .integer(1)]))
        }
    }

    @Test("a writer who read an older version is told so, and nothing is lost")
    func preconditions() async throws {
        try await serving(Self.two) { limits, _ in
            let first = try await limits.patch(#"{"global_max_inflight":7}"#, headers: [.ifMatch: "\"1\""])
            #expect(first.version == 2)
            let stale = try await limits.patch(#"{"global_max_inflight":9}"#, headers: [.ifMatch: "\"1\""])
            #expect(stale.status == .preconditionFailed)
            #expect(stale.version == 2)
            #expect(try await limits.limits()["global_max_inflight"] == .integer(7))
            // Of many writers at once who read the same, one is heard.
            let heard = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 10..<30 {
                    group.addTask {
                        try await limits.patch(
                            #"{"global_max_inflight":\#(number)}"#, headers: [.ifMatch: "\"2\""]
                        ).status == .ok
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(heard == 1)
            #expect(try await limits.limits().version == 3)
        }
    }

    @Test("a dry run tells what would be different for whom, and changes nothing")
    func validate() async throws {
        let yaml = "defaults: { metadata: { rates: [2/HOUR] } }\nhosts: { a.example: { metadata: { guard_ms: 1 } } }"
        try await serving(yaml) { limits, _ in
            let body = #"{"defaults":{"metadata":{"rates":["3/HOUR"]}},"global_max_inflight":9}"#
            let answer = try await limits.send(
                .post, "/v1/limits/validate", body, headers: [.contentType: "application/merge-patch+json"])
            let changes = answer["changes"]?.array?.map { change in
                [change["host"], change["key"]].map { $0?.string ?? "-" }.joined(separator: " ")
            }
            #expect(changes == ["- global_max_inflight", "* rates", "a.example rates"])
            let bad = try await limits.send(.post, "/v1/limits/validate", #"{"version":1,"host":{}}"#)
            #expect(bad.status == .unprocessableContent)
            #expect(try await limits.limits().version == 1)
        }
    }

    @Test("every version is on record with who, when, how and what, and can be gone back to")
    func versions() async throws {
        try await serving(Self.two) { limits, write in
            let from: HTTPFields = HTTPField.Name("From").map { [$0: "ada@example.org"] } ?? [:]
            try await limits.patch(#"{"global_max_inflight":7}"#, headers: from)
            try write("hosts: { b.example: { metadata: { rates: [9/HOUR] } } }\naimd: { enabled: true }")
            #expect(try await limits.send(.post, "/v1/limits/reload").version == 3)
            let list = try await limits.send(.get, "/v1/limits/versions")["versions"]?.array ?? []
            #expect(list.map { $0["version"] } == [3, 2, 1].map { .integer($0) })
            #expect(list.map { $0["source"]?.string } == ["reload", "patch", "start"])
            #expect(list[1]["by"]?.string == "ada@example.org")
            #expect(list[1]["changes"]?.array?.count == 1)
            #expect(list[1]["changes"]?.array?.first?["before"] == .integer(500))

            // The file has changed since, and is overruled where it did.
            let back = try await limits.send(.post, "/v1/limits/rollback", #"{"version":2}"#)
            #expect(back.version == 4)
            #expect(back["global_max_inflight"] == .integer(7))
            #expect(back["aimd", "enabled"] == .bool(false))
            #expect(back["hosts", "b.example"] == nil)
            #expect(back["defaults", "metadata", "rates"] == .array([.string("2/HOUR")]))
            let second = try await limits.send(.get, "/v1/limits/versions/2")
            for key in ["defaults", "hosts", "aimd", "global_max_inflight"] {
                #expect(second["document", key] == back[key])
            }
            let first = try await limits.send(.post, "/v1/limits/rollback", #"{"version":1}"#)
            #expect(first["global_max_inflight"] == .integer(500))
        }
    }

    @Test("a file that cannot be accepted leaves the table as it is, and everyone is told")
    func badReload() async throws {
        let metrics = PrometheusRegistry.weir()
        try await serving(Self.two, metrics: metrics) { limits, write in
            try write("defaults:\n  metadata: { rates: [3/HOUR], max_dely_ms: 4 }")
            let answer = try await limits.send(.post, "/v1/limits/reload")
            #expect(answer.status == .unprocessableContent)
            let shown = try await limits.limits()
            #expect(shown.version == 1)
            #expect(shown["defaults", "metadata", "rates"] == .array([.string("2/HOUR")]))
            #expect(shown["status", "last_reload", "ok"] == .bool(false))
            let error = shown["status", "last_reload", "errors"]?.array?.first?.string ?? ""
            #expect(error.contains("limits.yaml:3:"))
            #expect(error.contains("did you mean 'max_delay_ms'?"))
            try write("defaults:\n  metadata: { rates: [3/HOUR] }")
            let mended = try await limits.send(.post, "/v1/limits/reload")
            #expect(mended["status", "last_reload", "ok"] == .bool(true))
            #expect(mended.version == 2)
        }
    }

    @Test("a reload in which only lines have moved is no new version, but moves the origins")
    func movedLines() async throws {
        try await serving(Self.two) { limits, write in
            #expect(try await limits.effective("rates").origin?.hasSuffix("limits.yaml:2") == true)
            try write("# Turned down by hand.\n\n" + Self.two)
            #expect(try await limits.send(.post, "/v1/limits/reload").version == 1)
            #expect(try await limits.effective("rates").origin?.hasSuffix("limits.yaml:4") == true)
        }
    }

    @Test("what the API said is in force again after a restart, under the same version")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "limits.yaml")
            try Data("version: 1\nglobal_max_inflight: 600\n".utf8).write(to: file)
            let sources = LimitSources(file: file.path())
            try await Weir.running(in: folder, limits: sources) { _, client in
                _ = try await LimitsClient(client: client)
                    .patch(#"{"hosts":{"a.example":{"metadata":{"rates":["1/3SECOND"]}}},"aimd":{"window_s":9}}"#)
            }
            try await Weir.running(in: folder, limits: sources) { _, client async throws in
                let limits = LimitsClient(client: client)
                #expect(try await limits.limits().version == 2)
                #expect(try await limits.effective("rates").origin == "api version 2")
                #expect(try await limits.acquire()["limits_version"] == .integer(2))
                #expect(try await limits.limits()["aimd", "window_s"] == .integer(9))
            }
            // A start that finds another file is a version of its own.
            try Data("version: 1\nglobal_max_inflight: 700\n".utf8).write(to: file)
            try await Weir.running(in: folder, limits: sources) { _, client async throws in
                let limits = LimitsClient(client: client)
                let shown = try await limits.limits()
                #expect(shown.version == 3)
                #expect(shown["status", "source"]?.string == "start")
                #expect(shown["global_max_inflight"] == .integer(700))
                #expect(shown["aimd", "window_s"] == .integer(9))
                let newest = try await limits.send(.get, "/v1/limits/versions?limit=1")["versions"]?.array?.first
                #expect(newest?["changes"]?.array?.first?["after"] == .integer(700))
                #expect(try await limits.send(.post, "/v1/limits/rollback", #"{"version":1}"#).version == 4)
                #expect(try await limits.limits()["global_max_inflight"] == .integer(600))
            }
        }
    }

    @Test("the unlimited switch lets everything pass at once, and going back restores what was counted")
    func unlimited() async throws {
        try await serving("\(Self.two)\nglobal_max_inflight: 1") { limits, _ in
            _ = try await limits.send(
                .post, "/v1/tokens/acquire", #"{"host":"b.example","role":"metadata","lease_ttl_ms":3600000}"#)
            for _ in 0..<2 { #expect(try await limits.acquire().status == .ok) }
            #expect(try await limits.acquire().status == .tooManyRequests)
            let off = #"{"mode":"off"}"#
            try await limits.patch(
                #"{"global_max_inflight":999999,"defaults":{"metadata":\#(off),"landing":\#(off),"artifact":\#(off)}}"#)
            for _ in 0..<50 {
                let answer = try await limits.send(
                    .post, "/v1/tokens/acquire", #"{"host":"a.example","role":"metadata","weight":9}"#)
                #expect(answer.status == .ok)
            }
            #expect(try await limits.send(.post, "/v1/limits/rollback", #"{"version":1}"#).status == .ok)
            let denied = try await limits.acquire()
            #expect(denied.status == .tooManyRequests)
            // Nothing that passed meanwhile was counted, and nothing that was before is forgotten.
            #expect((denied["retry_after_ms"]?.int ?? 0) > 3_500_000)
        }
    }

    @Test("what is odd about the API's word is told, and so is a file that is not there to be read")
    func odd() async throws {
        try await Weir.withTemporary { _, client in
            let limits = LimitsClient(client: client)
            let answer = try await limits.patch(
                #"{"hosts":{"a.example":{"metdata":{"rates":["1/s","90/m"]},"landing":{}}},"backend":null}"#)
            let warnings = answer["status", "warnings"]?.array?.compactMap(\.string) ?? []
            #expect(
                warnings == [
                    "hosts.a.example.landing: says nothing, and has no effect",
                    "hosts.a.example.metdata.rates: the rate '90/MINUTE' can never be reached: '1/SECOND' allows less in that time (api version 2)",
                    "hosts.a.example.metdata: names a role of its own; did you mean 'metadata'?",
                ])
            let reload = try await limits.send(.post, "/v1/limits/reload")
            #expect(reload.status == .unprocessableContent)
            #expect(reload["detail"]?.string?.contains("there is no limits document to read") == true)
            #expect(try await limits.limits()["status", "last_reload"] == nil)
            let hidden = try await limits.send(.put, "/v1/limits", #"{"version":1,"backend":{"kind":null}}"#)
            #expect(hidden.status == .unprocessableContent)
        }
    }

    @Test("where limits are kept cannot change while the service runs, and a file that says so is refused")
    func backend() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "limits.yaml")
            try Data("version: 1\n".utf8).write(to: file)
            try await Weir.running(in: folder, limits: LimitSources(file: file.path())) { _, client in
                let limits = LimitsClient(client: client)
                try Data("version: 1\nbackend: { kind: sqlite, dsn: shared.sqlite }\n".utf8).write(to: file)
                let reload = try await limits.send(.post, "/v1/limits/reload")
                #expect(reload.status == .unprocessableContent)
                #expect(reload["detail"]?.string?.contains("restart the service to change it") == true)
            }
        }
    }

    @Test("what cannot be put on record does not come into force, and a reload tells so")
    func unrecorded() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "limits.yaml")
            try Data("version: 1\n".utf8).write(to: file)
            try await Weir.running(in: folder, limits: LimitSources(file: file.path())) { _, client in
                let limits = LimitsClient(client: client)
                let record = try DatabaseQueue(path: folder.appending(path: "limits.sqlite").path())
                try await record.write { try $0.execute(sql: "ALTER TABLE version RENAME TO lost") }
                let patched = try await limits.patch(#"{"global_max_inflight":7}"#)
                #expect(patched.status == .internalServerError)
                #expect(try await limits.limits()["global_max_inflight"] == .integer(500))
                #expect(try await limits.acquire()["limits_version"] == .integer(1))
                try Data("version: 1\nglobal_max_inflight: 8\n".utf8).write(to: file)
                #expect(try await limits.send(.post, "/v1/limits/reload").status == .internalServerError)
                let shown = try await limits.limits()
                #expect(shown["global_max_inflight"] == .integer(500))
                #expect(shown["status", "last_reload", "ok"] == .bool(false))
                try await record.write { try $0.execute(sql: "ALTER TABLE lost RENAME TO version") }
                #expect(try await limits.send(.post, "/v1/limits/reload").version == 2)
            }
        }
    }

    @Test("flags stay above the file, and below the API")
    func flags() async throws {
        try await serving(Self.two, overrides: ["a.example:metadata=rates:5/HOUR"]) { limits, write in
            #expect(try await limits.effective("rates").origin == "flag --rate-host-override a.example:metadata")
            try write("hosts: { a.example: { metadata: { rates: [7/HOUR] } } }")
            _ = try await limits.send(.post, "/v1/limits/reload")
            #expect(try await limits.effective("rates").value == .array([.string("5/HOUR")]))
            try await limits.patch(#"{"hosts":{"a.example":{"metadata":{"rates":["6/HOUR"]}}}}"#)
            #expect(try await limits.effective("rates").value == .array([.string("6/HOUR")]))
        }
    }
}

extension JSONTree {
    fileprivate func encoded() throws -> Data { try JSONEncoder().encode(self) }
}
