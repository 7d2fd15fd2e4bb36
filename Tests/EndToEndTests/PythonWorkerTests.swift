import Foundation
import NIOCore
import NIOHTTP1
import ScriptedOrigin
import TestSupport
import Testing

/// `docs/examples/worker.py`, for as long as its upstream and Weir make it wait.
@Suite("The Python worker", .serialized) struct PythonWorkerTests {
    @Test("waits for its limit, and its lease ends when its request has")
    func limit() async throws {
        let river = try await River(simulator: ["--generate", "3"])
        let service = try await river.serve(limits: ["metadata": "rates: [1/SECOND], max_delay_ms: 0"])
        let urls = (1...3).map { "http://api.openalex.org/works?search=rivers&page=\($0)" }
        let worker = try Self.start(["--server", service.url] + urls, proxy: river.proxy)
        #expect(await worker.exit() == 0, "\(worker.output)")
        #expect(worker.output.contains { $0.contains("1/SECOND of api.openalex.org metadata") })
        #expect(try await river.report().requests(at: "api.openalex.org") == 3)
        #expect(try await service.get("/v1/usage").text.hasPrefix(#"{"in_flight":0,"#))
    }

    @Test("asks again under the same key where an answer is lost, and consumes nothing twice")
    func lostAnswer() async throws {
        let river = try await River(simulator: ["--generate", "3"])
        let service = try await river.serve(limits: ["metadata": "rates: [5/HOUR], max_delay_ms: 0"])
        let losing = try await LosingProxy.start(before: service.url)
        let worker = try Self.start(
            ["--server", losing.url, "http://api.openalex.org/works?search=rivers"], proxy: river.proxy)
        #expect(await worker.exit() == 0, "\(worker.output)")
        #expect(losing.lost.value == 1)
        let usage = try await service.get("/v1/usage?host=api.openalex.org&role=metadata").text
        #expect(usage.contains(#""remaining":4"#), "\(usage)")
        #expect(usage.hasPrefix(#"{"in_flight":0,"#), "\(usage)")
        await losing.origin.stop()
    }

    @Test("renews its lease while the upstream takes its time")
    func renewal() async throws {
        let river = try await River(simulator: ["--generate", "20", "--fault", "slow=1", "--slow-body-ms", "900"])
        let service = try await river.serve()
        let file = try #require(try await river.fileURLs().first)
        let worker = try Self.start(
            ["--server", service.url, "--role", "artifact", "--lease-ttl-ms", "300", file], proxy: river.proxy)
        #expect(await worker.exit() == 0)
        #expect(worker.output.contains("lease renewed"))
        #expect(!worker.output.contains { $0.hasPrefix("lease lost") || $0.hasPrefix("not released") })
    }

    @Test("tells what the upstream answered, and its host is closed for everyone")
    func outcome() async throws {
        let river = try await River(simulator: ["--generate", "3", "--fault", "429-retry-after=1"], isJudging: false)
        let service = try await river.serve()
        let worker = try Self.start(
            ["--server", service.url, "http://api.openalex.org/works?search=rivers"], proxy: river.proxy)
        #expect(await worker.exit() == 1)
        let usage = try await service.get("/v1/usage?host=api.openalex.org").text
        #expect(usage.contains(#""reason":"retry_after""#), "\(usage)")
        #expect(usage.hasPrefix(#"{"in_flight":0,"#), "\(usage)")
    }

    private static func start(_ arguments: [String], proxy: String) throws -> RunningProcess {
        try RunningProcess(
            "/usr/bin/env", ["python3", Tested.docs.appending(path: "examples/worker.py").path()] + arguments,
            environment: ["http_proxy": proxy])
    }
}

/// Stands before Weir, and loses its first grant on the way.
private struct LosingProxy {
    let origin: ScriptedOrigin
    let lost: Shared<Int>

    var url: String { origin.url }

    static func start(before service: String) async throws -> LosingProxy {
        let lost = Shared(0)
        let origin = try await ScriptedOrigin.serving { request in
            let key = request["Idempotency-Key"].map { ["Idempotency-Key": $0] } ?? [:]
            let answer = try await HTTP.send(
                .POST, service + request.path, String(buffer: request.body), headers: key)
            let isFirstGrant = lost.change { count in
                guard count == 0, request.path == "/v1/tokens/acquire", answer.status == 200 else { return false }
                count += 1
                return true
            }
            return isFirstGrant ? .reset : ScriptedAnswer(answer.status, answer.text)
        }
        return LosingProxy(origin: origin, lost: lost)
    }
}
