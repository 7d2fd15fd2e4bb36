import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// A running service whose limits change in every way there is, while clients ask it for tokens.
@Suite(.serialized) struct LimitChangesTests {
    @Test func twoHundredChangesUnderLoadAreEachTheWholeTruth() async throws {
        let service = try await LimitsService("defaults: { metadata: { rates: [50/SECOND], max_delay_ms: 100 } }")
        let isOver = Shared(false)
        let answers = try await withThrowingTaskGroup(of: [TokenAnswer].self) { group in
            for number in 0..<16 {
                group.addTask {
                    var random = SeededGenerator(seed: TestSeed.current &+ UInt64(number))
                    var answers: [TokenAnswer] = []
                    while !isOver.value {
                        let host = ChangingLimits.hosts[random.number(0...2)]
                        let wait = random.number(0...150)
                        answers.append(try await service.acquire(host, maxWait: wait))
                    }
                    return answers
                }
            }
            var changes = ChangingLimits(seed: TestSeed.current)
            do {
                for _ in 0..<200 { try await changes.makeOne(service) }
            } catch {
                isOver.value = true
                throw error
            }
            isOver.value = true
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // No request failed because of a change.
        #expect(answers.allSatisfy { $0.status == 200 || $0.status == 429 })
        let versions = Set(answers.map(\.version))
        #expect(versions.count > 20, "\(versions.count) versions decided \(answers.count) requests")
        for host in ChangingLimits.hosts {
            let answers = answers.filter { $0.host == host }
            let starts = answers.filter { $0.status == 200 }
            for version in versions.sorted() {
                let windows = try await service.windows(of: host, in: version)
                // Every answer is explained by the version that it names.
                let rates = windows.map(\.rate)
                #expect(!rates.isEmpty)
                #expect(answers.allSatisfy { $0.version != version || $0.rates == rates }, "\(host) version \(version)")
                for window in windows {
                    // Whatever started before, under whichever table, counts; what a later table granted does not.
                    let earlier = starts.filter { $0.version <= version }.map(\.start).sorted()
                    for start in starts.filter({ $0.version == version }).map(\.start) {
                        let used = earlier.count { $0 > start - window.interval && $0 <= start }
                        #expect(used <= window.units, "\(host) version \(version): \(used) in \(window)")
                    }
                }
            }
        }
    }

    @Test func aWaiterStartsAsSoonAsTheLimitRises() async throws {
        let service = try await LimitsService("defaults: { metadata: { rates: [1/HOUR], max_delay_ms: 3600000 } }")
        #expect(try await service.acquire("a.example", maxWait: 0).version == 1)
        async let waiter = service.acquire("a.example", maxWait: 3_600_000)
        try await service.running.waiting(1)
        let raised = try await service.send(.PATCH, "/v1/limits", #"{"defaults":{"metadata":{"rates":["2/HOUR"]}}}"#)
        #expect(raised.headers["etag"] == "\"2\"")
        let answer = try await waiter
        #expect(answer.status == 200)
        #expect(answer.version == 2)
    }

    /// As a mounted ConfigMap changes: the file is a link, and a link on the way is renamed over.
    @Test func aFileIsReadAgainWhenItIsWrittenOrReplacedOrALinkLeadsElsewhere() async throws {
        let service = try await LimitsService("global_max_inflight: 11")
        for (number, replace) in [LimitsService.write, LimitsService.rename, LimitsService.relink].enumerated() {
            try replace(service)("global_max_inflight: \(12 + number)")
            try await service.reloaded("file")
            #expect(try await service.limits().globalMaxInflight == 12 + number)
        }
        try service.write("global_max_inflight: many")
        try await service.reloaded("file")
        #expect(try await service.limits().globalMaxInflight == 14)
        _ = try await service.running.process.captured(#/(limits reload failed; version 4 stays in force)/#)
        let metrics = try await service.running.get("/metrics")
        #expect(metrics.text.contains("\nweir_limits_reload_failed 1\n"))
        try service.write("global_max_inflight: 15")
        service.running.process.signal(SIGHUP)
        try await service.reloaded("signal")
        #expect(try await service.limits().globalMaxInflight == 15)
        _ = try await service.running.process.captured(#/(limits reloaded; version 5 is in force)/#)
    }

    @Test func changesSurviveAKill() async throws {
        var service = try await LimitsService("global_max_inflight: 11")
        _ = try await service.send(.PATCH, "/v1/limits", #"{"global_max_inflight":12}"#)
        service.running.process.signal(SIGKILL)
        _ = await service.running.process.exit()
        service = try await service.restarted()
        #expect(try await service.limits().globalMaxInflight == 12)
        #expect(try await service.limits().status.version == 2)
    }

    @Test func theCommandLineDoesAllOfIt() async throws {
        let service = try await LimitsService("defaults: { metadata: { rates: [1/3SECOND] } }")
        func run(_ arguments: String..., expecting code: Int32 = 0) async throws -> String {
            let process = try RunningProcess("weir", arguments + ["--server", service.running.url])
            #expect(await process.exit() == code, "\(arguments)")
            return process.output.joined(separator: "\n")
        }
        let before = try await run("limits", "get", "a.example", "metadata")
        #expect(before.contains(#""origin" : "file \#(service.file.path()):2""#))
        _ = try await run("limits", "set", "hosts.a.example.metadata.rates=1/HOUR", "global_max_inflight=9")
        let planned = try await run("limits", "set", "--dry-run", "aimd.enabled=true")
        #expect(planned.contains("aimd.enabled"))
        let granted = try await run("tokens", "acquire", "a.example", "metadata", "--client", "me")
        let lease = try #require(granted.firstMatch(of: #/"lease" : "([^"]+)"/#)?.1)
        let denied = try await run("tokens", "acquire", "a.example", "metadata", expecting: 1)
        #expect(denied.contains("urn:weir:problem:rate_limited"))
        #expect(try await run("tokens", "usage", "--host", "a.example").contains(#""in_flight" : 1"#))
        #expect(try await run("tokens", "release", String(lease), "--status", "200").contains("released"))
        #expect(try await run("limits", "versions").contains(#""version" : 2"#))
        #expect(try await run("limits", "get", "--overlay").contains("1/HOUR"))
        let explained = try RunningProcess(
            "weir", ["config", "explain", "a.example", "metadata"] + service.arguments)
        #expect(await explained.exit() == 0)
        #expect(explained.output.contains { $0.contains("1/HOUR") && $0.contains("api version 2") })
        #expect(try await run("limits", "rollback", "1").contains(#""global_max_inflight" : 500"#))
        #expect(
            try await run("limits", "set", "hosts.a.example.metadata.rate=1/s", expecting: 2).contains(
                "did you mean 'rates'?"))
        let stale = try await run("limits", "set", "global_max_inflight=9", "--if-version", "1", expecting: 1)
        #expect(stale.contains("version_mismatch"))
        let nobody = try RunningProcess("weir", ["limits", "get", "--server", "http://127.0.0.1:1"])
        #expect(await nobody.exit() == 2)
    }

    @Test func helpNamesEverySetting() async throws {
        let help = try RunningProcess("weir", ["serve", "--help"])
        #expect(await help.exit() == 0)
        let list = try RunningProcess("weir", ["config", "list"])
        #expect(await list.exit() == 0)
        let text = help.output.joined(separator: "\n")
        for row in list.output.dropFirst(2) where !row.contains("WEIR_SERVER") {
            guard let flag = row.firstMatch(of: #/^\| `(--[a-z-]+)`/#)?.1 else { continue }
            #expect(text.contains(flag), "\(flag)")
        }
    }
}
