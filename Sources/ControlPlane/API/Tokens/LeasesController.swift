import Fetching
import Hummingbird
import RateLimiting

/// `/v1/leases`: who is in flight, and an end to it.
struct LeasesController: Sendable {
    let limits: any LimitBackend

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/v1/leases", requires: .readUsage) { request, _ in try await list(request) }
        routes.on(.delete, "/v1/leases/{id}", requires: .controlHosts) { _, context in try await revoke(context) }
    }

    private func list(_ request: Request) async throws -> Response {
        let page = try Page(request, alongside: ["host", "role", "client"])
        let client = request.uri.queryParameters["client"].map(String.init)
        if let client, !AcquireBody.isClient(client) { throw Page.invalid("client", AcquireBody.clientRequirement) }
        let leases = try await limits.leases(try ListRequest(request, page), client: client)
        return try .json(LeaseList(leases: leases.elements.map(LeaseAnswer.init), next: leases.next.map(Page.cursor)))
    }

    /// Ends a lease whose holder is gone; what it used stays used.
    private func revoke(_ context: WeirRequestContext) async throws -> Response {
        let text = try context.parameters.require("id")
        guard let lease = LeaseID(text) else { throw Problem(.leaseUnknown, lease: text) }
        return try .json(ReleaseAnswer(await limits.release(lease, unused: false), lease: text))
    }
}

private struct LeaseList: Encodable {
    let leases: [LeaseAnswer]
    let next: String?
}

private struct LeaseAnswer: Encodable {
    struct Claim: Encodable {
        let host: String
        let role: String
        let weight: Int
    }

    let lease: String
    let claims: [Claim]
    let client: String?
    let grantedAt: Timestamp
    let expiresAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case lease
        case claims
        case client
        case grantedAt = "granted_at"
        case expiresAt = "expires_at"
    }

    init(_ report: LeaseReport) {
        lease = report.id.description
        claims = report.claims.map { Claim(host: $0.key.host, role: $0.key.role, weight: $0.weight) }
        client = report.client
        grantedAt = report.start
        expiresAt = report.expires
    }
}

extension ListRequest {
    /// The page of a list that `host` and `role` in the query narrow.
    ///
    /// - Throws: ``Problem`` when the host or the role is no name of one.
    init(_ request: Request, _ page: Page) throws {
        let query = request.uri.queryParameters
        let host = try query["host"].map { try HostName.required(String($0)) }
        let role = try query["role"].map { try LimitsSchema.requiredRole(String($0)) }
        self.init(host: host, role: role, cursor: page.cursor ?? 0, limit: page.limit)
    }
}

extension LimitsSchema {
    /// - Throws: ``Problem`` when the text cannot name a role.
    static func requiredRole(_ text: String) throws -> String {
        guard isRole(text) else { throw Page.invalid("role", roleRequirement) }
        return text
    }
}

extension HostName {
    /// - Throws: ``Problem`` when the text cannot name a host.
    static func required(_ text: String) throws -> String {
        guard let name = canonical(text) else { throw Page.invalid("host", requirement) }
        return name
    }
}
