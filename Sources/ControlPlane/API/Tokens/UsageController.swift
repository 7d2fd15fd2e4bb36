import Hummingbird
import Logging
import RateLimiting

/// `/v1/usage` and `/v1/hosts/{host}/…`: what limits look like now, and what an operator does about it.
struct UsageController: Sendable {
    let limits: any LimitBackend

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/v1/usage", requires: .readUsage) { request, _ in try await list(request) }
        routes.on(.delete, "/v1/usage", requires: .controlHosts) { try await reset($0, $1) }
        routes.on(.post, "/v1/hosts/{host}/pause", requires: .controlHosts) { try await pause($0, $1) }
        routes.on(.post, "/v1/hosts/{host}/resume", requires: .controlHosts) { try await resume($0, $1) }
    }

    private func list(_ request: Request) async throws -> Response {
        let page = try Page(request, alongside: ["host", "role"])
        let usage = try await limits.usage(try ListRequest(request, page))
        let totals = await limits.totals()
        let now = await limits.now()
        return try .json(
            UsageList(
                usage: usage.elements.map { UsageAnswer($0, at: now) }, inFlight: totals.inFlight,
                waiting: totals.waiting, next: usage.next.map(Page.cursor)))
    }

    private func reset(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let query = try request.query(of: ["host", "role"])
        guard let host = query["host"] else { throw Page.invalid("host", "is missing; name the host to reset") }
        let role = try query["role"].map { try LimitsSchema.requiredRole(String($0)) }
        let keys = try await limits.reset(try HostName.required(String(host)), role: role)
        for key in keys {
            context.logger.notice(
                "usage reset",
                metadata: [
                    "stage": "rate-limiter", "event_type": "reset", "host": "\(key.host)", "role": "\(key.role)",
                ])
        }
        return try .json(["reset": keys.map { ["host": $0.host, "role": $0.role] }])
    }

    private func pause(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let body = try await request.optionalJSON(PauseBody.self)
        let duration = body?.durationMilliseconds ?? PauseBody.defaultDuration
        guard PauseBody.duration.contains(duration) else {
            throw Problem(.outside("duration_ms", PauseBody.duration))
        }
        let scope = try await scope(context, role: body?.role)
        let pause = Pause(until: await limits.now().advanced(by: Int64(duration) * 1000), reason: .byOperator)
        let taken = try await limits.pause(scope, pause)
        return try .json(PauseAnswer(scope, taken))
    }

    private func resume(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let body = try await request.optionalJSON(ResumeBody.self)
        let scope = try await scope(context, role: body?.role)
        let ended = try await limits.resume(scope)
        return try .json(
            [
                "resumed": ended.sorted { ($0.key.role ?? "") < ($1.key.role ?? "") }.map {
                    PauseAnswer($0.key, $0.value)
                }
            ])
    }

    private func scope(_ context: WeirRequestContext, role: String?) async throws -> PauseScope {
        let host = try HostName.required(try context.parameters.require("host"))
        if let role, await !limits.table().roles.contains(role) {
            throw Problem(.unknownRole, "role: \(Problem.noPolicy(for: role))")
        }
        return PauseScope(host: host, role: role)
    }
}

private struct PauseAnswer: Encodable {
    let host: String
    let role: String?
    let until: Timestamp
    let reason: String

    init(_ scope: PauseScope, _ pause: Pause) {
        host = scope.host
        role = scope.role
        until = pause.until
        reason = pause.reason.rawValue
    }
}

private struct UsageList: Encodable {
    let usage: [UsageAnswer]
    /// Over all keys.
    let inFlight: Int
    let waiting: Int
    let next: String?

    enum CodingKeys: String, CodingKey {
        case usage
        case inFlight = "in_flight"
        case waiting
        case next
    }
}

private struct UsageAnswer: Encodable {
    struct Closed: Encodable {
        let until: Timestamp
        let reason: String
    }

    let host: String
    let role: String
    let mode: String
    let windows: [WindowUsage]
    let inFlight: Int
    let maxConcurrent: Int?
    let waiting: Int
    let multiplier: Double
    let pause: Closed?

    enum CodingKeys: String, CodingKey {
        case host
        case role
        case mode
        case windows
        case inFlight = "in_flight"
        case maxConcurrent = "max_concurrent"
        case waiting
        case multiplier
        case pause
    }

    init(_ usage: Usage, at now: Timestamp) {
        host = usage.key.host
        role = usage.key.role
        mode = usage.mode.rawValue
        windows = usage.windows.map { WindowUsage($0, at: now) }
        inFlight = usage.inFlight
        maxConcurrent = usage.maxConcurrent
        waiting = usage.waiting
        multiplier = usage.multiplier
        pause = usage.pause.map { Closed(until: $0.until, reason: $0.reason.rawValue) }
    }
}
