import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Real processes: `weir serve`, killed, stopped and pressed.
@Suite(.serialized) struct ServiceTests {
    @Test func aKilledServiceGoesOnToTheSameEnd() async throws {
        let river = try await River(simulator: ["--generate", "120", "--seed", "11"])
        var service = try await river.serve()
        let submitted = try await service.post("/v1/jobs", #"{"topic":"rivers","max":500,"workers":8}"#)
        #expect(submitted.status == 202)
        let id = try JSONDecoder().decode(Job.self, from: submitted.body).id
        #expect(submitted.headers["location"] == "/v1/jobs/\(id)")
        for settled in [20, 50] {
            _ = try await service.job(id, settled: settled)
            service.process.signal(SIGKILL)
            #expect(await service.process.exit() == -SIGKILL)
            service = try await river.serve()
        }
        let job = try await service.job(id)
        #expect(job.state == "succeeded")

        let truth = try await river.truth()
        let works = try ManifestLine.works(in: try await service.get("/v1/jobs/\(id)/manifest.jsonl").body)
        #expect(works.count == 120)
        #expect(Set(works.filter { $0.sha256 != nil }.map(\.workID)) == truth.offering)
        let files = try river.files()
        #expect(files.count == truth.offering.count)
        for file in files { #expect(try await opensAsPDF(file), "\(file)") }
        let first = try #require(works.first { $0.sha256 != nil }?.sha256)
        let artifact = try await service.get("/v1/jobs/\(id)/artifacts/\(first)")
        #expect(artifact.contentType == "application/pdf")
        #expect(artifact.body.prefix(4) == Data("%PDF".utf8))

        service.process.signal(SIGTERM)
        #expect(await service.process.exit() == 0)
    }

    @Test func aCancelledJobStopsAndStaysCancelled() async throws {
        let river = try await River(simulator: ["--generate", "120", "--seed", "12"])
        let service = try await river.serve()
        let submitted = try await service.post("/v1/jobs", #"{"topic":"rivers","max":500}"#)
        let id = try JSONDecoder().decode(Job.self, from: submitted.body).id
        _ = try await service.job(id, settled: 5)
        #expect(try await service.post("/v1/jobs/\(id)/cancel").status == 200)
        #expect(try await service.post("/v1/jobs/\(id)/cancel").status == 409)
        #expect(try await service.job(id).state == "cancelled")
    }

    @Test func twoClientsAtFullSpeedNeverGetMoreThanTheLimit() async throws {
        let river = try await River(simulator: ["--generate", "1"])
        let service = try await river.serve()
        struct Granted: Decodable {
            let grantedAt: String
            let lease: String

            enum CodingKeys: String, CodingKey {
                case grantedAt = "granted_at"
                case lease
            }
        }
        let end = ContinuousClock.now + .seconds(5)
        let starts = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var starts: [Int64] = []
                    while ContinuousClock.now < end {
                        let answer = try await service.post(
                            "/v1/tokens/acquire", #"{"host":"api.example.org","role":"metadata","max_wait_ms":50}"#)
                        guard answer.status == 200 else {
                            #expect(answer.status == 429)
                            #expect(answer.headers["retry-after"] != nil)
                            continue
                        }
                        let granted = try JSONDecoder().decode(Granted.self, from: answer.body)
                        starts.append(try microseconds(granted.grantedAt))
                        _ = try await service.post("/v1/tokens/release", #"{"lease":"\#(granted.lease)"}"#)
                    }
                    return starts
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        // 10/SECOND: the eleventh start after any is at least a second later.
        #expect(starts.count >= 41)
        #expect(starts.count <= 60)
        for (first, eleventh) in zip(starts, starts.dropFirst(10)) { #expect(eleventh - first >= 1_000_000) }
    }

    /// The second caller waits for the slot of the first, and hangs up: its place is free for the third.
    @Test func whoHangsUpGivesItsPlaceBack() async throws {
        let river = try await River(simulator: ["--generate", "1"])
        let service = try await river.serve()
        let ask = #"{"host":"one.example","role":"slow"}"#
        let limits =
            #"{"version":1,"defaults":{"slow":{"rates":["1000/SECOND"],"max_delay_ms":60000,"max_concurrent":1}}}"#
        #expect(try await HTTP.send(.PUT, service.url + "/v1/limits", limits).status == 200)
        let held = try JSONDecoder().decode(Lease.self, from: try await service.post("/v1/tokens/acquire", ask).body)
        let second = Task { try await service.post("/v1/tokens/acquire", ask) }
        try await service.waiting(1)
        second.cancel()
        _ = await second.result
        try await service.waiting(0)
        async let third = service.post("/v1/tokens/acquire", ask)
        try await service.waiting(1)
        #expect(try await service.post("/v1/tokens/release", #"{"lease":"\#(held.lease)"}"#).status == 200)
        #expect(try await third.status == 200)
    }

    /// A client that goes away gives back what it would not have heard of.
    @Test func aBatchThatNobodyWaitsForAnyMoreHoldsNothing() async throws {
        let service = try await LimitsService(
            "defaults: { one: { max_concurrent: 1, max_delay_ms: 60000 }, any: { rates: [1000/SECOND] } }")
        let port = try #require(service.running.url.split(separator: ":").last.flatMap { Int($0) })
        _ = try await service.send(.POST, "/v1/tokens/acquire", #"{"host":"busy","role":"one"}"#)
        let body = #"{"requests":[{"host":"busy","role":"one"},{"host":"free","role":"any"}]}"#
        let head = "POST /v1/tokens/batch HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        try await RawConnection.open(port: port) { connection in
            try await connection.send(head + body)
            while try await !service.send(.GET, "/v1/leases?host=free").text.contains(#""lease""#) {
                await Task.yield()
            }
        }
        while try await service.send(.GET, "/v1/leases?host=free").text.contains(#""lease""#) { await Task.yield() }
        #expect(try await service.send(.GET, "/v1/leases?host=busy").text.contains(#""lease""#))
    }

    /// Every other request of a batch waits for a start; the answers come in the order of the requests all the same.
    @Test func aBatchInWhichSomeWaitIsAnsweredInOrder() async throws {
        let service = try await LimitsService(
            """
            defaults: { slow: { rates: [1/SECOND], max_delay_ms: 3000 }, fast: { rates: [1000/SECOND] } }
            """)
        struct Batch: Decodable {
            struct Answer: Decodable {
                struct Claim: Decodable {
                    let host: String
                    let role: String
                }

                let claims: [Claim]?
                let detail: String?
                let waited: Int?

                enum CodingKeys: String, CodingKey {
                    case claims
                    case detail
                    case waited = "wait_ms"
                }
            }

            let answers: [Answer]
        }
        for round in 0..<3 {
            let asks = (0..<20).map { index in
                let role = index % 4 == 1 ? "slow" : index % 4 == 3 ? "none" : "fast"
                // The first of two requests for a host starts at once, the second waits for a second.
                let host = role == "slow" ? "slow-\(round)-\(index / 8)" : "host-\(round)-\(index)"
                return (host: host, role: role)
            }
            let bodies = asks.map { #"{"host":"\#($0.host)","role":"\#($0.role)","hold":false}"# }
            let answer = try await service.send(
                .POST, "/v1/tokens/batch", "{\"requests\":[\(bodies.joined(separator: ","))]}")
            let answers = try JSONDecoder().decode(Batch.self, from: answer.body).answers
            try #require(answers.count == asks.count)
            for (ask, answer) in zip(asks, answers) {
                if ask.role == "none" {
                    #expect(answer.detail?.contains("'none'") == true)
                } else {
                    #expect(answer.claims?.map(\.host) == [ask.host])
                    #expect(answer.claims?.map(\.role) == [ask.role])
                }
            }
            #expect(answers.contains { ($0.waited ?? 0) > 500 })
        }
    }

    @Test func aStopAnswersThoseWhoWait() async throws {
        let river = try await River(simulator: ["--generate", "1"])
        let service = try await river.serve()
        let limits = #"{"version":1,"defaults":{"slow":{"rates":["1/HOUR"],"max_delay_ms":3600000}}}"#
        #expect(try await HTTP.send(.PUT, service.url + "/v1/limits", limits).status == 200)
        let ask = #"{"host":"one.example","role":"slow","hold":false}"#
        #expect(try await service.post("/v1/tokens/acquire", ask).status == 200)
        async let held = service.post("/v1/tokens/acquire", ask)
        try await service.waiting(1)
        service.process.signal(SIGTERM)
        let answer = try await held
        #expect(answer.status == 503)
        #expect(answer.text.contains("shutting_down"))
        #expect(await service.process.exit() == 0)
    }

    @Test func badSettingsAreExplainedAndNothingStarts() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "limits.yaml").path()
        try Data("version: 1\ndefaults:\n  metadata: { rates: [10/SECOND], max_dely_ms: 5 }\n".utf8)
            .write(to: URL(filePath: file))
        let process = try RunningProcess("weir", ["serve", "--rate-config", file, "--data", folder.path()])
        #expect(await process.exit() == 2)
        #expect(
            process.output.contains { $0.contains("\(file):3:") && $0.contains("defaults.metadata.max_dely_ms") })
    }

    @Test func aDataFolderBelongsToOneProcess() async throws {
        let river = try await River(simulator: ["--generate", "1"])
        let service = try await river.serve()
        let second = try RunningProcess("weir", ["serve", "--port", "0"] + river.settings())
        #expect(await second.exit() == 2)
        #expect(second.output.contains { $0.contains("is in use by another weir") })
        #expect(try await service.get("/healthz").status == 200)
    }
}

private struct Lease: Decodable {
    let lease: String
}
