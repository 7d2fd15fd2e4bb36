import NIOCore
import ScriptedOrigin
import Synchronization
import Testing

/// A gateway in front of an origin whose resources the tests script, each at a path of its own.
final class Site: Sendable {
    typealias Script = @Sendable (RecordedRequest, _ number: Int) async throws -> ScriptedAnswer

    /// The site of the suite that runs; see ``SiteTrait``.
    @TaskLocal static var current: Site?

    let origin: ScriptedOrigin
    let gateway: GatewayProcess
    private let scripts: Scripts

    private init(origin: ScriptedOrigin, gateway: GatewayProcess, scripts: Scripts) {
        self.origin = origin
        self.gateway = gateway
        self.scripts = scripts
    }

    static func serving(limits: String = GatewayProcess.generous, arguments: [String] = []) async throws -> Site {
        let scripts = Scripts()
        let origin = try await ScriptedOrigin.serving { try await scripts.answer($0) }
        let gateway = try await GatewayProcess(origin: origin.url, limits: limits, arguments: arguments)
        return Site(origin: origin, gateway: gateway, scripts: scripts)
    }

    static var here: Site {
        get throws { try #require(current, "the suite needs the trait .site") }
    }

    /// A new path that answers the first request with the first answer and so on; the last answer repeats.
    func resource(_ answers: ScriptedAnswer...) -> Resource {
        resource { _, number in answers[min(number, answers.count) - 1] }
    }

    /// - Parameter script: gets each request with its number, from 1 on.
    func resource(_ script: @escaping Script) -> Resource {
        Resource(site: self, path: scripts.add(script))
    }

    /// The scripts by path, and how often each was asked.
    private final class Scripts: Sendable {
        private struct State {
            var scripts: [String: Script] = [:]
            var numbers: [String: Int] = [:]
        }

        private let state = Mutex(State())

        func add(_ script: @escaping Script) -> String {
            state.withLock { state in
                let path = "/resources/\(state.scripts.count + 1)"
                state.scripts[path] = script
                return path
            }
        }

        func answer(_ request: RecordedRequest) async throws -> ScriptedAnswer {
            let (script, number) = state.withLock { state in
                state.numbers[request.path, default: 0] += 1
                return (state.scripts[request.path], state.numbers[request.path, default: 0])
            }
            return try await script?(request, number) ?? ScriptedAnswer(404, "there is no \(request.path)")
        }
    }
}
