import Foundation
import Hummingbird
import HummingbirdTesting
import RateLimiting

@testable import ControlPlane

/// Limits that answer what no request could bring about in a test: a lease that has expired, a broken backend.
struct ScriptedLimits: LimitBackend {
    let error: any Error

    private let base = MemoryBackend(
        table: LimitTable(version: 1, document: .builtIn), clock: ContinuousClock(),
        wallClock: Timestamp(microseconds: 0))

    init(error: any Error) {
        self.error = error
    }

    func begin(_ request: AcquireRequest) async throws -> Acquisition { throw error }
    func begin(_ requests: [AcquireRequest]) async throws -> [Result<Acquisition, AcquireError>] { throw error }
    func check(_ request: AcquireRequest) async throws -> Decision { try await base.check(request) }
    func release(_ lease: LeaseID, unused: Bool) async -> ReleaseResult { .expired }
    func renew(_ lease: LeaseID, timeToLiveMilliseconds: Int) async -> RenewResult { .expired }
    func leases(_ request: ListRequest, client: String?) async -> ListPage<LeaseReport> {
        base.leases(request, client: client)
    }
    func report(_ outcome: UpstreamOutcome, of lease: LeaseID, host: String?) async -> Bool { false }
    func usage(_ request: ListRequest) async -> ListPage<Usage> { base.usage(request) }
    func reset(_ host: String, role: String?) async -> [LimitKey] { base.reset(host, role: role) }
    func pause(_ scope: PauseScope, _ pause: Pause) async -> Pause { base.pause(scope, pause) }
    func resume(_ scope: PauseScope) async -> [PauseScope: Pause] { base.resume(scope) }
    func table() async -> LimitTable { base.table() }
    func apply(_ table: LimitTable) async -> Bool { false }
    func instances() async -> [InstanceReport] { [] }
    func isReachable() async -> Bool { true }
    func totals() async -> LimiterTotals { base.totals() }
    func now() async -> Timestamp { base.now() }
    func stop() async { base.stop() }

}

extension LimitBackend {
    /// Serves the token routes over these limits for as long as the body takes.
    func serve<Value: Sendable>(
        _ body: @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryFolder { folder in
            let folder = try DataFolder(path: folder.path(percentEncoded: false))
            let router = Router(context: WeirRequestContext.self)
            router.addMiddleware {
                RequestLogMiddleware()
                ProblemMiddleware(storage: StorageCheck(folder, []))
            }
            let routes = RouteTable(router: router)
            TokensController(limits: self).addRoutes(to: routes)
            LeasesController(limits: self).addRoutes(to: routes)
            return try await Application(router: router, logger: .silent).test(.router, body)
        }
    }
}
