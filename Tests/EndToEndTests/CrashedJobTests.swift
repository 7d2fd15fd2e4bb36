import Foundation
import ScriptedOrigin
import TestSupport
import Testing

/// Jobs whose process dies while it runs them: of the signal that a trap raises, sent in the midst of the job.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CrashedJobTests {
    private struct Ended: Decodable {
        let state: String
        let reason: String?
    }

    /// A service whose jobs fetch from this machine, in a folder of its own.
    private final class Place {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        func start() async throws -> Service {
            let process = try RunningProcess(
                "weir",
                [
                    "serve", "--port", "0", "--data", folder.url.appending(path: "data").path(), "--allowed-addresses",
                    "127.0.0.1",
                ],
                // It would take a signal from outside for a fault that comes again.
                environment: ["SWIFT_BACKTRACE": "enable=no", "WEIR_WEBHOOK_KEY": "k"])
            return Service(
                process: process, url: try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#))
        }
    }

    private func submit(_ service: Service, _ urls: [String]) async throws -> String {
        let list = urls.map { "\"\($0)\"" }.joined(separator: ",")
        let answer = try await service.post(
            "/v1/jobs", #"{"urls":[\#(list)],"workers":1,"resolvers":["landing_page"]}"#)
        return try JSONDecoder().decode(Job.self, from: answer.body).id
    }

    private func ended(_ service: Service, _ id: String) async throws -> Ended {
        _ = try await service.job(id)
        return try JSONDecoder().decode(Ended.self, from: try await service.get("/v1/jobs/\(id)").body)
    }

    private func end(_ service: Service, by signal: Int32) async {
        service.process.signal(signal)
        #expect(await service.process.exit() == -signal)
    }

    /// An origin whose files never come, but for those that are allowed to.
    private func origin(_ gate: Gate) async throws -> ScriptedOrigin {
        try await ScriptedOrigin.serving { request in
            if request.path == "/robots.txt" { return ScriptedAnswer(404) }
            return request.path.hasPrefix("/never") ? .ok().held(until: gate) : ScriptedAnswer(404)
        }
    }

    @Test("One that kills its process twice is set aside, the service starts, and others run")
    func crashedTwice() async throws {
        let origin = try await origin(Gate())
        let place = try Place()
        var service = try await place.start()
        let id = try await submit(service, ["\(origin.url)/never"])
        for (number, signal) in [SIGILL, SIGKILL, SIGTRAP].enumerated() {
            _ = try await origin.requests(to: "/never", atLeast: number + 1)
            await end(service, by: signal)
            service = try await place.start()
        }
        let ended = try await ended(service, id)
        #expect(ended.state == "failed" && ended.reason == "crashed_twice")
        #expect(try await service.get("/healthz").status == 200)
        let other = try await submit(service, ["\(origin.url)/other"])
        #expect(try await self.ended(service, other).state == "succeeded")
        #expect(origin.requests(to: "/never").count == 3)
        // Whoever wants it to run again may say so.
        #expect(try await service.post("/v1/jobs/\(id)/retry").status == 200)
        _ = try await origin.requests(to: "/never", atLeast: 4)
    }

    @Test("A webhook whose delivery kills its process twice is given up, and jobs run")
    func webhook() async throws {
        let origin = try await origin(Gate())
        let place = try Place()
        var service = try await place.start()
        let answer = try await service.post(
            "/v1/jobs", #"{"urls":["\#(origin.url)/a"],"list_only":true,"webhook":"\#(origin.url)/never"}"#)
        let id = try JSONDecoder().decode(Job.self, from: answer.body).id
        for number in 1...2 {
            _ = try await origin.requests(to: "/never", atLeast: number)
            await end(service, by: SIGILL)
            service = try await place.start()
        }
        struct Told: Decodable {
            let state: String
            let webhook: String
        }
        let told = try JSONDecoder().decode(Told.self, from: try await service.get("/v1/jobs/\(id)").body)
        #expect(told.state == "succeeded" && told.webhook == "failed")
        let other = try await submit(service, ["\(origin.url)/other"])
        #expect(try await self.ended(service, other).state == "succeeded")
        #expect(origin.requests(to: "/never").count == 2)
    }

    @Test("What it recorded in between, or a stop that is none of its making, speaks for it")
    func innocent() async throws {
        let origin = try await origin(Gate())
        let place = try Place()
        var service = try await place.start()
        let id = try await submit(service, ["\(origin.url)/1", "\(origin.url)/2", "\(origin.url)/never"])
        _ = try await origin.requests(to: "/never", atLeast: 1)
        await end(service, by: SIGILL)
        service = try await place.start()
        _ = try await origin.requests(to: "/never", atLeast: 2)
        service.process.signal(SIGTERM)
        #expect(await service.process.exit() == 0)
        service = try await place.start()
        _ = try await origin.requests(to: "/never", atLeast: 3)
        await end(service, by: SIGILL)
        service = try await place.start()
        _ = try await origin.requests(to: "/never", atLeast: 4)
        #expect(try await service.state(of: id) == "running")
    }

    @Test("Of several that ran, the one is found that did it")
    func several() async throws {
        let gate = Gate()
        let origin = try await ScriptedOrigin.serving { request in
            switch request.path {
            case "/robots.txt": ScriptedAnswer(404)
            case "/never": .ok().held(until: Gate())
            default: ScriptedAnswer(404).held(until: gate)
            }
        }
        let place = try Place()
        var service = try await place.start()
        let slow = try await submit(service, ["\(origin.url)/slow", "\(origin.url)/slow2"])
        let deadly = try await submit(service, ["\(origin.url)/never"])
        _ = try await origin.requests(to: "/slow", atLeast: 1)
        _ = try await origin.requests(to: "/never", atLeast: 1)
        await end(service, by: SIGILL)
        // The first of them runs alone now, until something is recorded of it.
        service = try await place.start()
        _ = try await origin.requests(to: "/slow", atLeast: 2)
        #expect(origin.requests(to: "/never").count == 1)
        gate.open()
        #expect(try await ended(service, slow).state == "succeeded")
        _ = try await origin.requests(to: "/never", atLeast: 2)
        await end(service, by: SIGILL)
        service = try await place.start()
        #expect(try await ended(service, deadly).reason == "crashed_twice")
    }
}
