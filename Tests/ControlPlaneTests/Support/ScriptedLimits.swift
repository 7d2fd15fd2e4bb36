import Hummingbird
import HummingbirdTesting
import RateLimiting

@testable import ControlPlane

/// Limits that answer what no request could bring about in a test: a lease that has expired, a broken backend.
struct ScriptedLimits: LimitBackend {
    let error: any Error

    func acquire(_ request: AcquireRequest) async throws -> Decision { throw error }
    func release(_ lease: LeaseID, unused: Bool) async -> ReleaseResult { .expired }
    func pause(_ host: String, until time: Timestamp) async {}
    func table() async -> LimitTable { LimitTable(version: 1, document: .builtIn) }
    func apply(_ document: LimitsDocument, ifVersion expected: Int?) async -> LimitTable? { nil }
    func inFlight() async -> Int { 0 }
    func now() async -> Timestamp { Timestamp(microseconds: 0) }

    /// Serves the token routes over these limits for as long as the body takes.
    func serve<Value: Sendable>(
        _ body: @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        let router = Router(context: WeirRequestContext.self)
        router.addMiddleware {
            RequestLogMiddleware()
            ProblemMiddleware()
        }
        TokensController(limits: self).addRoutes(to: RouteTable(router: router))
        return try await Application(router: router, logger: .silent).test(.router, body)
    }
}
