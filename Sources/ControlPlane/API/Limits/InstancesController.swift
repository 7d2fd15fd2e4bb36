import Fetching
import Hummingbird
import RateLimiting

/// `/v1/instances`: who shares the limits.
struct InstancesController: Sendable {
    let limits: any LimitBackend
    /// This process.
    let instance: Instance
    let started: Timestamp

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/v1/instances", requires: .readUsage) { _, _ in try await list() }
    }

    /// Where limits are shared with nobody, this process is the only one.
    private func list() async throws -> Response {
        let shared = try await limits.instances()
        let reports =
            shared.isEmpty
            ? [InstanceReport(instance: instance, joined: started, lastSeen: .wallClock)] : shared
        return try .json(
            InstanceList(instances: reports.map { InstanceAnswer($0, isSelf: $0.instance.id == instance.id) }))
    }
}

private struct InstanceList: Encodable {
    let instances: [InstanceAnswer]
}

private struct InstanceAnswer: Encodable {
    let id: String
    let name: String
    let version: String
    let joinedAt: Timestamp
    let lastSeenAt: Timestamp
    /// The part of every limit that is kept for it when it is cut off, such as `1/4`; `nil` where none is.
    let share: String?
    /// Whether it is, and decides by that alone.
    let isCutOff: Bool
    /// Whether it is the one that answers.
    let isSelf: Bool

    enum CodingKeys: String, CodingKey {
        case id
        case name
        case version
        case joinedAt = "joined_at"
        case lastSeenAt = "last_seen_at"
        case share
        case isCutOff = "cut_off"
        case isSelf = "self"
    }

    init(_ report: InstanceReport, isSelf: Bool) {
        id = String(report.instance.id, radix: 16)
        name = report.instance.name
        version = report.instance.version
        joinedAt = report.joined
        lastSeenAt = report.lastSeen
        share = report.share?.description
        isCutOff = report.isCutOff
        self.isSelf = isSelf
    }
}
