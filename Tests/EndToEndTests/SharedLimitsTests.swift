import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Two instances of the service that share their limits.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SharedLimitsTests {
    private static let acquire = #"{"host":"a.example","role":"artifact","hold":false,"max_wait_ms":0}"#

    /// An instance with a data folder of its own.
    private func instance(
        _ backend: [String: String], in folder: TemporaryFolder, limits: String = "{ rates: [3/MINUTE] }",
        more: String = ""
    ) async throws -> Service {
        let name = UUID().uuidString
        let document = folder.url.appending(path: "\(name).yaml")
        try Data("version: 1\ndefaults:\n  artifact: \(limits)\n\(more)\n".utf8).write(to: document)
        let process = try RunningProcess(
            "weir",
            [
                "serve", "--port", "0", "--data", folder.url.appending(path: name).path(), "--rate-config",
                document.path(),
            ], environment: backend)
        return Service(
            process: process, url: try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#))
    }

    /// - Parameter body: gets the variables that name the backend.
    private func withBackend(
        _ kind: String, _ body: ([String: String], TemporaryFolder, RedisServer?) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let redis = kind == "redis" ? try await RedisServer() : nil
        let postgres = kind == "postgres" ? try await PostgresServer() : nil
        defer { withExtendedLifetime(postgres) {} }
        let address = redis?.url ?? postgres?.url ?? folder.url.appending(path: "shared.sqlite").path()
        try await body(["DOCSTOKG_RLIMIT_BACKEND": kind, "WEIR_BACKEND_DSN": address], folder, redis)
    }

    @Test("Instances count together, before and after a restart", arguments: ["sqlite", "redis", "postgres"])
    func counting(_ kind: String) async throws {
        try await withBackend(kind) { backend, folder, _ in
            let first = try await instance(backend, in: folder)
            let second = try await instance(backend, in: folder)
            for service in [first, second, first] {
                #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 200)
            }
            let denied = try await second.post("/v1/tokens/acquire", Self.acquire)
            #expect(denied.status == 429 && denied.text.contains("3/MINUTE"), "\(denied.text)")
            first.process.signal(SIGKILL)
            _ = await first.process.exit()
            let third = try await instance(backend, in: folder)
            #expect(try await third.post("/v1/tokens/acquire", Self.acquire).status == 429)
        }
    }

    @Test("Instances see each other come and go", arguments: ["sqlite", "redis", "postgres"])
    func instances(_ kind: String) async throws {
        try await withBackend(kind) { backend, folder, _ in
            let first = try await instance(backend, in: folder)
            let second = try await instance(backend, in: folder)
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
            let third = try await instance(backend, in: folder)
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
        try await withBackend(kind) { backend, folder, _ in
            let first = try await instance(backend, in: folder)
            let second = try await instance(backend, in: folder)
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
            for _ in 0..<7 { #expect(try await second.post("/v1/tokens/acquire", Self.acquire).status == 200) }
            #expect(try await first.post("/v1/tokens/acquire", Self.acquire).status == 429)
            // One that starts later starts with it.
            let third = try await instance(backend, in: folder)
            #expect(try await third.get("/v1/limits/effective?host=a.example&role=artifact").text.contains("7/MINUTE"))
        }
    }

    @Test(
        "Four instances and their clients keep every window, and use what it allows",
        arguments: ["sqlite", "redis", "postgres"])
    func load(_ kind: String) async throws {
        let seconds = ProcessInfo.processInfo.environment["WEIR_LOAD_SECONDS"].flatMap { Int64($0) } ?? 3
        try await withBackend(kind) { backend, folder, _ in
            let limits = "{ rates: [200/SECOND, 500/3SECOND], max_delay_ms: 5000 }"
            var instances: [Service] = []
            for _ in 0..<4 { instances.append(try await instance(backend, in: folder, limits: limits)) }
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

    /// What befalls a Redis while it is in use.
    enum Mishap: String, CaseIterable, Sendable {
        case killed
        case hanging
        case flushedOfScripts
        case flushedOfAll

        func befall(_ redis: RedisServer) async throws -> RedisServer {
            switch self {
            case .killed:
                await redis.stop()
                return try await RedisServer(port: redis.port)
            case .hanging:
                redis.signal(SIGSTOP)
                try await Task.sleep(for: .seconds(3))
                redis.signal(SIGCONT)
            case .flushedOfScripts: try await redis.run(["SCRIPT", "FLUSH"])
            case .flushedOfAll: try await redis.run(["FLUSHALL"])
            }
            return redis
        }
    }

    @Test("Whatever befalls Redis in mid-run, no window is exceeded, and decisions go on", arguments: Mishap.allCases)
    func mishaps(_ mishap: Mishap) async throws {
        try await withBackend("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let limits = "{ rates: [50/SECOND, 120/3SECOND], max_delay_ms: 5000 }"
            var instances: [Service] = []
            for _ in 0..<4 { instances.append(try await instance(backend, in: folder, limits: limits)) }
            let count = Shared(0)
            async let granted = Clients.acquire(from: instances, each: 4, for: 8, counting: count)
            while count.value < 60 { await Task.yield() }
            let next = try await mishap.befall(redis)
            let over = Int64(Date().timeIntervalSince1970 * 1e6)
            let starts = try await granted
            withExtendedLifetime(next) {}
            let again = starts.first { $0 >= over }.map { $0 - over }
            print("\(mishap): \(starts.count) grants, the first \(again ?? -1) µs after it was over")
            #expect(again ?? .max < 2_000_000)
            for (units, interval) in [(50, Int64(1_000_000)), (120, 3_000_000)] {
                let closest = zip(starts, starts.dropFirst(units)).map { $1 - $0 }.min()
                #expect(closest ?? .max >= interval, "\(units + 1) starts in \(closest ?? 0) µs")
            }
        }
    }

    @Test("While Redis is away nobody is granted anything; after its restart everything counts that did before")
    func restart() async throws {
        try await withBackend("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let service = try await instance(backend, in: folder)
            for _ in 0..<2 { #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 200) }
            await redis.stop()
            let away = try await service.post("/v1/tokens/acquire", Self.acquire)
            #expect(away.status == 503 && away.headers["retry-after"] == "1", "\(away.text)")
            #expect(away.text.contains("limits_unavailable") && !away.text.contains("127.0.0.1"), "\(away.text)")
            // Empty: what it counted is known to the instance only.
            let again = try await RedisServer(port: redis.port)
            while try await service.post("/v1/tokens/check", Self.acquire).status == 503 { await Task.yield() }
            #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 200)
            #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 429)
            _ = try await service.process.captured(#/(limits are within reach again)/#)
            withExtendedLifetime(again) {}
        }
    }

    @Test("With on_failure: allow everybody is granted meanwhile, and it counts afterwards")
    func allowing() async throws {
        try await withBackend("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let service = try await instance(backend, in: folder, more: "backend: { on_failure: allow }")
            await redis.stop()
            for _ in 0..<2 {
                let answer = try await service.post("/v1/tokens/acquire", Self.acquire)
                #expect(answer.status == 200 && answer.text.contains(#""unchecked":true"#), "\(answer.text)")
            }
            #expect(try await service.get("/readyz").text.contains("out_of_reach"))
            let unknown = try await service.post("/v1/tokens/acquire", #"{"host":"a","role":"nobody"}"#)
            #expect(unknown.status == 422, "\(unknown.text)")
            let again = try await RedisServer(port: redis.port)
            while try await service.get("/readyz").text.contains("out_of_reach") { await Task.yield() }
            // Two of three were used meanwhile.
            let last = try await service.post("/v1/tokens/acquire", Self.acquire)
            #expect(last.status == 200 && !last.text.contains("unchecked"), "\(last.text)")
            #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 429)
            withExtendedLifetime(again) {}
        }
    }

    @Test("A Redis that hangs is given up within milliseconds, and within two seconds of its return it decides again")
    func hanging() async throws {
        try await withBackend("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let service = try await instance(backend, in: folder)
            #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 200)
            redis.signal(SIGSTOP)
            let clock = ContinuousClock()
            for _ in 0..<5 {
                let asked = clock.now
                #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 503)
                print("refused while Redis hangs: \(asked.duration(to: clock.now))")
            }
            redis.signal(SIGCONT)
            let continued = clock.now
            while try await service.post("/v1/tokens/check", Self.acquire).status == 503 { await Task.yield() }
            print("decides again after: \(continued.duration(to: clock.now))")
            // What was sent while it hung and came to it late was given back.
            for _ in 0..<2 { #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 200) }
            #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 429)
        }
    }

    @Test("A Redis that speaks TLS is trusted as trusted_roots says")
    func secure() async throws {
        let folder = try TemporaryFolder()
        let identity = try await Certificate()
        let redis = try await RedisServer(as: identity)
        let backend = ["DOCSTOKG_RLIMIT_BACKEND": "redis", "WEIR_BACKEND_DSN": redis.url]
        let trusting = backend.merging(["WEIR_TRUSTED_ROOTS": identity.certificate]) { $1 }
        let service = try await instance(trusting, in: folder)
        #expect(try await service.post("/v1/tokens/acquire", Self.acquire).status == 200)
        let suspicious = try RunningProcess(
            "weir", ["serve", "--port", "0", "--data", folder.url.appending(path: "other").path()],
            environment: backend)
        #expect(await suspicious.exit() == 2)
        #expect(suspicious.output.contains { $0.contains("the redis backend cannot be used") }, "\(suspicious.output)")
        withExtendedLifetime((identity, redis)) {}
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
