import Harvesting
import Hummingbird
import RateLimiting
import Storage

/// What operators and machines look at: health, version, metrics, the API's own description.
struct OperationsController: Sendable {
    let limits: any LimitBackend
    /// The record of jobs; `nil` where there are none.
    let manifest: Manifest?
    let metrics: PrometheusRegistry
    let storage: StorageCheck

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/healthz", requires: .open) { _, _ in try .json(["status": "ok"]) }
        routes.on(.get, "/readyz", requires: .open) { _, _ in try await ready() }
        routes.on(.get, "/version", requires: .open) { _, _ in try .json(["name": "weir", "version": Weir.version]) }
        routes.on(.get, "/metrics", requires: .readUsage) { _, _ in await exposition() }
        routes.on(.get, "/openapi.yaml", requires: .open) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml"], body: ResponseBody(byteBuffer: Contract.yaml))
        }
        routes.on(.get, "/openapi.json", requires: .open) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: try Contract.json.get()))
        }
    }

    /// Ready when the record of jobs, if there is one, answers, and the data folder can be written to.
    private func ready() async throws -> Response {
        let limits = await limits.isReachable() ? "reachable" : "out_of_reach"
        guard let fault = await storageFault() else { return try .json(Readiness(limits: limits)) }
        return try .json(Readiness(limits: limits, fault), status: .serviceUnavailable)
    }

    private func storageFault() async -> StorageFault? {
        if let fault = await storage.fault() { return fault }
        do {
            _ = try await manifest?.jobCounts()
            return nil
        } catch {
            return StorageFault(error) ?? .failing
        }
    }

    private func exposition() async -> Response {
        Response(
            status: .ok, headers: [.contentType: PrometheusText.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics.exposition())))
    }
}

/// Whether the service can do its work, and what keeps it from that.
private struct Readiness: Encodable {
    var status = "ready"
    let limits: String
    var storage = "ok"
    /// As in logs and metrics.
    var reason: String?
    var detail: String?

    init(limits: String) {
        self.limits = limits
    }

    init(limits: String, _ fault: StorageFault) {
        self.limits = limits
        status = "unready"
        storage =
            switch fault {
            case .full: "full"
            case .readOnly, .permissionDenied: "read_only"
            case .missing: "missing"
            case .failing: "failing"
            }
        reason = fault.rawValue
        detail = "the data folder, or a database in it: \(fault)"
    }
}
