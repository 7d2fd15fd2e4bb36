import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Two instances of the service that share their limits.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SharedLimitsTests {
    @Test("Instances count together, before and after a restart", arguments: ["sqlite", "redis", "postgres"])
    func counting(_ kind: String) async throws {
        try await SharedBackend.with(kind) { backend, folder, _ in
            let first = try await SharedBackend.instance(backend, in: folder)
            let second = try await SharedBackend.instance(backend, in: folder)
            for service in [first, second, first] {
                #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
            }
            let denied = try await second.post("/v1/tokens/acquire", SharedBackend.acquire)
            #expect(denied.status == 429 && denied.text.contains("3/MINUTE"), "\(denied.text)")
            first.process.signal(SIGKILL)
            _ = await first.process.exit()
            let third = try await SharedBackend.instance(backend, in: folder)
            #expect(try await third.post("/v1/tokens/acquire", SharedBackend.acquire).status == 429)
        }
    }

    @Test("Instances see each other come and go", arguments: ["sqlite", "redis", "postgres"])
    func instances(_ kind: String) async throws {
        try await SharedBackend.with(kind) { backend, folder, _ in
            let first = try await SharedBackend.instance(backend, in: folder)
            let second = try await SharedBackend.instance(backend, in: folder)
            func count() async throws -> Int {
                struct List: Decodable {
                    struct Instance: Decodable {
                        let id: String
                    }

                    let instances: [Instance]
                }
                let answer = try await first.get("/v1/instances")
                return try JSONDecoder().decode(List.self, from: answer.body).instances.count
            }
            #expect(try await count() == 2)
            let third = try await SharedBackend.instance(backend, in: folder)
            #expect(try await count() == 3)
            // One says goodbye, the other is killed and not heard of any more.
            second.process.signal(SIGTERM)
            #expect(await second.process.exit() == 0)
            #expect(try await count() == 2)
            third.process.signal(SIGKILL)
            while try await count() != 1 { await Task.yield() }
        }
    }

    @Test(
        "A change through one instance reaches the others, and of two writers one is refused",
        arguments: ["sqlite", "redis", "postgres"])
    func changing(_ kind: String) async throws {
        try await SharedBackend.with(kind) { backend, folder, _ in
            let first = try await SharedBackend.instance(backend, in: folder)
            let second = try await SharedBackend.instance(backend, in: folder)
            let change = #"{"hosts":{"a.example":{"artifact":{"rates":["7/MINUTE"]}}}}"#
            let headers = ["If-Match": try #require(try await first.get("/v1/limits").headers["etag"])]
            let changed = try await HTTP.send(.PATCH, "\(first.url)/v1/limits", change, headers: headers)
            #expect(changed.status == 200, "\(changed.text)")
            _ = try await second.process.captured(#/(limits changed)/#)
            let effective = try await second.get("/v1/limits/effective?host=a.example&role=artifact").text
            #expect(effective.contains("7/MINUTE"), "\(effective)")
            #expect(try await second.get("/v1/limits").headers["etag"] == changed.headers["etag"])
            let late = try await HTTP.send(.PATCH, "\(second.url)/v1/limits", change, headers: headers)
            #expect(late.status == 412, "\(late.text)")
            let versions = try await second.get("/v1/limits/versions").text
            #expect(versions.contains(#""source":"patch""#), "\(versions)")
            for _ in 0..<7 { #expect(try await second.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200) }
            #expect(try await first.post("/v1/tokens/acquire", SharedBackend.acquire).status == 429)
            // One that starts later starts with it.
            let third = try await SharedBackend.instance(backend, in: folder)
            #expect(try await third.get("/v1/limits/effective?host=a.example&role=artifact").text.contains("7/MINUTE"))
        }
    }

    @Test(
        "Four instances and their clients keep every window, and use what it allows",
        arguments: ["sqlite", "redis", "postgres"])
    func load(_ kind: String) async throws {
        let seconds = ProcessInfo.processInfo.environment["WEIR_LOAD_SECONDS"].flatMap { Int64($0) } ?? 3
        try await SharedBackend.with(kind) { backend, folder, _ in
            let limits = "{ rates: [200/SECOND, 500/3SECOND], max_delay_ms: 5000 }"
            var instances: [Service] = []
            for _ in 0..<4 { instances.append(try await SharedBackend.instance(backend, in: folder, limits: limits)) }
            let starts = try await Clients.acquire(from: instances, each: 16, for: seconds)
            let first = try #require(starts.first)
            for (units, interval) in [(200, Int64(1_000_000)), (500, 3_000_000)] {
                let closest = zip(starts, starts.dropFirst(units)).map { $1 - $0 }.min()
                #expect(closest ?? .max >= interval, "\(units + 1) starts in \(closest ?? 0) µs")
            }
            let allowed = 500 * seconds / 3
            let share = Double(starts.count { $0 < first + seconds * 1_000_000 }) / Double(allowed)
            print("\(kind): \(starts.count) grants, \(share) of what the rates allow in \(seconds) s")
            #expect(share > 0.9)
        }
    }

    @Test("Those of one namespace share limits, and with learning_s these begin as though used up")
    func namespaces() async throws {
        try await SharedBackend.with("redis") { backend, folder, _ in
            let learning = "backend: { namespace: team, learning_s: 60 }"
            var statuses: [Int] = []
            for more in [learning, "", "backend: { namespace: team }"] {
                let service = try await SharedBackend.instance(backend, in: folder, more: more)
                statuses.append(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status)
            }
            #expect(statuses == [429, 200, 429])
        }
    }

    @Test("With a hash tag for each host limits are shared host by host, and follow changes")
    func spread() async throws {
        try await SharedBackend.with("redis") { backend, folder, _ in
            let spread = "backend: { hash_tag: host }"
            let first = try await SharedBackend.instance(backend, in: folder, more: spread)
            let second = try await SharedBackend.instance(backend, in: folder, more: spread)
            for service in [first, second, first] {
                #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
            }
            #expect(try await second.post("/v1/tokens/acquire", SharedBackend.acquire).status == 429)
            let both = #"{"claims":[{"host":"a.example","role":"artifact"},{"host":"b.example","role":"artifact"}]}"#
            let apart = try await first.post("/v1/tokens/acquire", both)
            #expect(apart.status == 422 && apart.text.contains("hosts_apart"), "\(apart.text)")
            #expect(apart.text.contains("claims[1].host"), "\(apart.text)")
            let change = #"{"hosts":{"a.example":{"artifact":{"rates":["4/MINUTE"]}}}}"#
            #expect(try await HTTP.send(.PATCH, "\(first.url)/v1/limits", change).status == 200)
            while try await second.post("/v1/tokens/acquire", SharedBackend.acquire).status != 200 {
                await Task.yield()
            }
            #expect(try await first.post("/v1/tokens/acquire", SharedBackend.acquire).status == 429)
            let ceiling = #"{"global_max_inflight":15}"#
            let refused = try await HTTP.send(.PATCH, "\(second.url)/v1/limits", ceiling)
            #expect(refused.status == 422 && refused.text.contains("at least 16"), "\(refused.text)")
        }
    }

    @Test("Instances of one namespace need the same hash tag, which only Redis has")
    func hashTags() async throws {
        try await SharedBackend.with("redis") { backend, folder, _ in
            let service = try await SharedBackend.instance(backend, in: folder)
            func refusal(_ environment: [String: String]) async throws -> [String] {
                let data = folder.url.appending(path: UUID().uuidString).path()
                let process = try RunningProcess(
                    "weir", ["serve", "--port", "0", "--data", data], environment: environment)
                #expect(await process.exit() == 2)
                return process.output
            }
            let tag = ["WEIR_BACKEND_HASH_TAG": "host"]
            let other = try await refusal(backend.merging(tag) { $1 })
            #expect(other.contains { $0.contains("spread over 1 logs, and here over 16") }, "\(other)")
            let memory = try await refusal(tag)
            #expect(memory.contains { $0.contains("only Redis has hash tags") }, "\(memory)")
            #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
        }
    }

    @Test("A Redis that speaks TLS is trusted as trusted_roots says")
    func secure() async throws {
        let folder = try TemporaryFolder()
        let identity = try await Certificate()
        let redis = try await RedisServer(as: identity)
        let backend = ["DOCSTOKG_RLIMIT_BACKEND": "redis", "WEIR_BACKEND_DSN": redis.url]
        let trusting = backend.merging(["WEIR_TRUSTED_ROOTS": identity.certificate]) { $1 }
        let service = try await SharedBackend.instance(trusting, in: folder)
        #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
        let suspicious = try RunningProcess(
            "weir", ["serve", "--port", "0", "--data", folder.url.appending(path: "other").path()],
            environment: backend)
        #expect(await suspicious.exit() == 2)
        #expect(suspicious.output.contains { $0.contains("the redis backend cannot be used") }, "\(suspicious.output)")
        withExtendedLifetime((identity, redis)) {}
    }

    @Test("Limits are shared without any privilege, as in a container", arguments: ["sqlite", "redis", "postgres"])
    func unprivileged(_ kind: String) async throws {
        try await SharedBackend.with(kind) { backend, folder, _ in
            var words = [RunningProcess.path(of: "weir"), "serve", "--port", "0", "--data", folder.url.path()]
            // Who has no privileges has none to give up.
            if geteuid() == 0 { words = ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all"] + words }
            let process = try RunningProcess(words[0], Array(words[1...]), environment: backend)
            _ = try await process.captured(#/"message":"(listening)"/#)
        }
    }

    @Test("A backend that cannot be used is refused at the start, without its password")
    func unusable() async throws {
        let folder = try TemporaryFolder()
        let process = try RunningProcess(
            "weir", ["serve", "--port", "0", "--data", folder.url.path()],
            environment: ["DOCSTOKG_RLIMIT_BACKEND": "redis", "WEIR_BACKEND_DSN": "redis://me:secret@127.0.0.1:1"])
        #expect(await process.exit() == 2)
        #expect(process.output.contains { $0.contains("the redis backend cannot be used") }, "\(process.output)")
        #expect(!process.output.contains { $0.contains("secret") })
    }
}
