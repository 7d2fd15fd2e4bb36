import Fetching
import Harvesting
import Hummingbird
import Metrics
import RateLimiting

/// What operators and machines look at: health, version, metrics, the API's own description.
struct OperationsController: Sendable {
    let limits: any LimitBackend
    let harvests: HarvestService
    let cache: CacheStore
    let metrics: PrometheusRegistry

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/healthz") { _, _ in try .json(["status": "ok"]) }
        routes.on(.get, "/readyz") { _, _ in try await ready() }
        routes.on(.get, "/version") { _, _ in try .json(["name": "weir", "version": Weir.version]) }
        routes.on(.get, "/metrics") { _, _ in try await exposition() }
        routes.on(.get, "/openapi.yaml") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_yaml)))
        }
    }

    /// Ready when the manifest answers.
    private func ready() async throws -> Response {
        _ = try await harvests.manifest.jobCounts()
        let limits = await limits.isReachable() ? "reachable" : "out_of_reach"
        return try .json(["status": "ready", "limits": limits])
    }

    private func exposition() async throws -> Response {
        let counts = try await harvests.manifest.jobCounts()
        for state in JobState.allCases {
            Gauge(label: "weir_jobs", dimensions: [("state", state.rawValue)]).record(counts[state] ?? 0)
        }
        let totals = await limits.totals()
        Gauge(label: "weir_in_flight").record(totals.inFlight)
        Gauge(label: "weir_waiting").record(totals.waiting)
        Gauge(label: "weir_cache_bytes").record(cache.bytes)
        Gauge(label: "weir_limited_keys").record(totals.keys)
        return Response(
            status: .ok, headers: [.contentType: PrometheusText.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition())))
    }
}
