import Foundation
import TestSupport
import Testing

/// What befalls those who share limits when the database is away, for all of them or for one.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LimitsAwayTests {
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
                // Nothing is waited for: this long is what befalls it.
                try await Task.sleep(for: .seconds(3))
                redis.signal(SIGCONT)
            case .flushedOfScripts: try await redis.run(["SCRIPT", "FLUSH"])
            case .flushedOfAll: try await redis.run(["FLUSHALL"])
            }
            return redis
        }
    }

    @Test(
        "Whatever befalls Redis in mid-run, no window is exceeded, and decisions go on", arguments: Mishap.allCases,
        ["deny", "local"])
    func mishaps(_ mishap: Mishap, _ mode: String) async throws {
        try await SharedBackend.with("redis") { backend, folder, redis in
            let redis = try #require(redis)
            try await Self.disturb(backend, folder, mode, "\(mishap)") { try await mishap.befall(redis) }
        }
    }

    @Test(
        "Where hosts are spread over several logs, it is no different",
        arguments: [Mishap.killed, .flushedOfAll], ["deny", "local"])
    func mishapsOfMany(_ mishap: Mishap, _ mode: String) async throws {
        try await SharedBackend.with("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let spread = backend.merging(["WEIR_BACKEND_HASH_TAG": "host"]) { $1 }
            try await Self.disturb(spread, folder, mode, "spread, \(mishap)") { try await mishap.befall(redis) }
        }
    }

    @Test(
        "When PostgreSQL crashes and comes back, no window is exceeded, and decisions go on",
        arguments: ["deny", "local"])
    func crash(_ mode: String) async throws {
        let postgres = try await PostgresServer()
        let backend = ["DOCSTOKG_RLIMIT_BACKEND": "postgres", "WEIR_BACKEND_DSN": postgres.url]
        try await Self.disturb(backend, try TemporaryFolder(), mode, "crash") {
            await postgres.stop()
            return try await PostgresServer(again: postgres)
        }
    }

    /// - Parameter befall: returns when it is over, with what is to be kept from then on.
    private static func disturb(
        _ backend: [String: String], _ folder: TemporaryFolder, _ mode: String, _ name: String,
        _ befall: () async throws -> any Sendable
    ) async throws {
        let limits = "{ rates: [50/SECOND, 120/3SECOND], max_delay_ms: 5000 }"
        var instances: [Service] = []
        for _ in 0..<4 {
            instances.append(
                try await SharedBackend.instance(
                    backend, in: folder, limits: limits, more: "backend: { on_failure: \(mode) }"))
        }
        let count = Shared(0)
        async let granted = Clients.acquire(from: instances, each: 4, for: 8, counting: count)
        while count.value < 60 { await Task.yield() }
        let next = try await befall()
        let over = Int64(Date().timeIntervalSince1970 * 1e6)
        let starts = try await granted
        withExtendedLifetime(next) {}
        let again = starts.first { $0 >= over }.map { $0 - over }
        print("\(name), \(mode): \(starts.count) grants, the first \(again ?? -1) µs after it was over")
        #expect(again ?? .max < 2_000_000)
        expectWindows(of: starts, [(50, 1_000_000), (120, 3_000_000)])
    }

    private static func expectWindows(of starts: [Int64], _ windows: [(units: Int, interval: Int64)]) {
        for (units, interval) in windows {
            let closest = zip(starts, starts.dropFirst(units)).map { $1 - $0 }.min()
            #expect(closest ?? .max >= interval, "\(units + 1) starts in \(closest ?? 0) µs")
        }
    }

    @Test(
        "One that is cut off does as on_failure says while the others go on, and no window is exceeded",
        arguments: ["deny", "local"])
    func cutOff(_ mode: String) async throws {
        try await SharedBackend.with("redis") { _, folder, redis in
            let redis = try #require(redis)
            var instances: [Service] = []
            for number in 0..<3 {
                try await redis.run(["ACL", "SETUSER", "weir\(number)", "on", ">secret", "~*", "&*", "+@all"])
                let address = redis.url.replacing("redis://", with: "redis://weir\(number):secret@")
                instances.append(
                    try await SharedBackend.instance(
                        ["DOCSTOKG_RLIMIT_BACKEND": "redis", "WEIR_BACKEND_DSN": address], in: folder,
                        limits: "{ rates: [60/SECOND, 150/3SECOND], max_delay_ms: 200 }",
                        more: "backend: { on_failure: \(mode) }"))
            }
            let (alone, all) = (instances[0], instances)
            let share = #""share":"1/3""#
            while mode == "local", try await alone.get("/v1/instances").text.split(separator: share).count != 4 {
                await Task.yield()
            }
            async let granted = Clients.acquire(from: all, each: 4, for: 8)
            try await redis.run(["ACL", "SETUSER", "weir0", "off"])
            try await redis.run(["CLIENT", "KILL", "USER", "weir0"])
            _ = try await alone.process.captured(#/(limits are out of reach)/#)
            if mode == "local" {
                _ = try await alone.process.captured(#/(this instance's share of the limits, 1\/3)/#)
                while true {
                    let answer = try await alone.post("/v1/tokens/acquire", SharedBackend.acquire)
                    if answer.status == 200 {
                        #expect(answer.text.contains(share), "\(answer.text)")
                        break
                    }
                }
            } else {
                let answer = try await alone.post("/v1/tokens/acquire", SharedBackend.acquire)
                #expect(answer.status == 503, "\(answer.text)")
            }
            #expect(try await alone.get("/readyz").text.contains("out_of_reach"))
            let list = try await all[1].get("/v1/instances").text
            #expect(list.contains(#""cut_off":true"#) == (mode == "local"), "\(list)")
            let back = Int64(Date().timeIntervalSince1970 * 1e6)
            try await redis.run(["ACL", "SETUSER", "weir0", "on"])
            _ = try await alone.process.captured(#/(limits are within reach again)/#)
            let starts = try await granted
            print("cut off, \(mode): \(starts.count) grants, \(starts.count { $0 > back }) of them afterwards")
            Self.expectWindows(of: starts, [(60, 1_000_000), (150, 3_000_000)])
        }
    }

    @Test("While Redis is away nobody is granted anything; after its restart everything counts that did before")
    func restart() async throws {
        try await SharedBackend.with("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let service = try await SharedBackend.instance(backend, in: folder)
            for _ in 0..<2 {
                #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
            }
            await redis.stop()
            let away = try await service.post("/v1/tokens/acquire", SharedBackend.acquire)
            #expect(away.status == 503 && away.headers["retry-after"] == "1", "\(away.text)")
            #expect(away.text.contains("limits_unavailable") && !away.text.contains("127.0.0.1"), "\(away.text)")
            let metrics = try await service.get("/metrics").text
            #expect(metrics.contains("weir_limits_reachable 0") && metrics.contains("weir_limits_unavailable_total 1"))
            // Empty: what it counted is known to the instance only.
            let again = try await RedisServer(port: redis.port)
            while try await service.post("/v1/tokens/check", SharedBackend.acquire).status == 503 { await Task.yield() }
            #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
            #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 429)
            _ = try await service.process.captured(#/(limits are within reach again)/#)
            #expect(try await service.get("/metrics").text.contains("weir_limits_reachable 1"))
            withExtendedLifetime(again) {}
        }
    }

    @Test("With on_failure: allow everybody is granted meanwhile, and it counts afterwards")
    func allowing() async throws {
        try await SharedBackend.with("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let service = try await SharedBackend.instance(backend, in: folder, more: "backend: { on_failure: allow }")
            await redis.stop()
            for _ in 0..<2 {
                let answer = try await service.post("/v1/tokens/acquire", SharedBackend.acquire)
                #expect(answer.status == 200 && answer.text.contains(#""unchecked":true"#), "\(answer.text)")
            }
            #expect(try await service.get("/readyz").text.contains("out_of_reach"))
            let unknown = try await service.post("/v1/tokens/acquire", #"{"host":"a","role":"nobody"}"#)
            #expect(unknown.status == 422, "\(unknown.text)")
            let again = try await RedisServer(port: redis.port)
            while try await service.get("/readyz").text.contains("out_of_reach") { await Task.yield() }
            // Two of three were used meanwhile.
            let last = try await service.post("/v1/tokens/acquire", SharedBackend.acquire)
            #expect(last.status == 200 && !last.text.contains("unchecked"), "\(last.text)")
            #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 429)
            withExtendedLifetime(again) {}
        }
    }

    @Test("A Redis that hangs is given up within milliseconds, and within two seconds of its return it decides again")
    func hanging() async throws {
        try await SharedBackend.with("redis") { backend, folder, redis in
            let redis = try #require(redis)
            let service = try await SharedBackend.instance(backend, in: folder)
            #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
            redis.signal(SIGSTOP)
            let clock = ContinuousClock()
            for _ in 0..<5 {
                let asked = clock.now
                #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 503)
                print("refused while Redis hangs: \(asked.duration(to: clock.now))")
            }
            redis.signal(SIGCONT)
            let continued = clock.now
            while try await service.post("/v1/tokens/check", SharedBackend.acquire).status == 503 { await Task.yield() }
            print("decides again after: \(continued.duration(to: clock.now))")
            // What was sent while it hung and came to it late was given back.
            for _ in 0..<2 {
                #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 200)
            }
            #expect(try await service.post("/v1/tokens/acquire", SharedBackend.acquire).status == 429)
        }
    }
}
