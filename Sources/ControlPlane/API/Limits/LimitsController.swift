import Foundation
import HTTPTypes
import Harvesting
import Hummingbird
import NIOFoundationEssentialsCompat
import RateLimiting

/// `/v1/limits`: what is in force and why, and how to change it while the service runs.
struct LimitsController: Sendable {
    let control: LimitsControl

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/v1/limits", requires: .readLimits) { _, _ in try await answer() }
        routes.on(.put, "/v1/limits", requires: .changeLimits) { try await change($0, $1, .put) }
        routes.on(.patch, "/v1/limits", requires: .changeLimits) { try await change($0, $1, .patch) }
        routes.on(.post, "/v1/limits/validate", requires: .readLimits) { request, _ in try await validate(request) }
        routes.on(.get, "/v1/limits/effective", requires: .readLimits) { request, _ in try await explain(request) }
        routes.on(.get, "/v1/limits/overlay", requires: .readLimits) { _, _ in try await overlay() }
        routes.on(.delete, "/v1/limits/overlay", requires: .changeLimits) { try await deleteOverlay($0, $1) }
        routes.on(.post, "/v1/limits/reload", requires: .changeLimits) { try await reload($0, $1) }
        routes.on(.post, "/v1/limits/rollback", requires: .changeLimits) { try await rollback($0, $1) }
        routes.on(.get, "/v1/limits/versions", requires: .readLimits) { request, _ in try await versions(request) }
        routes.on(.get, "/v1/limits/versions/{number}", requires: .readLimits) { _, context in
            try await version(context)
        }
    }

    // MARK: - Reading

    private func answer() async throws -> Response {
        let answer = await control.answer()
        return try .json(answer.json, headers: [.eTag: answer.tag])
    }

    private func overlay() async throws -> Response {
        let state = await control.state
        return try .json(state.overlay.document, headers: [.eTag: "\"\(state.number)\""])
    }

    private func explain(_ request: Request) async throws -> Response {
        let query = try request.query(of: ["host", "role"])
        guard let host = query["host"], let role = query["role"] else {
            throw Page.invalid(query["host"] == nil ? "host" : "role", "is missing; name the host and the role")
        }
        let state = await control.state
        let name = try HostName.required(String(host))
        guard let explanation = PolicyExplanation(host: name, role: String(role), in: state.effective) else {
            throw Problem(.unknownRole, "role: \(Problem.noPolicy(for: role))")
        }
        return try .json(ExplanationAnswer(explanation, in: state))
    }

    private struct VersionList: Encodable {
        let versions: [VersionAnswer]
        let next: String?
    }

    private func versions(_ request: Request) async throws -> Response {
        let page = try Page(request)
        let found = try await control.history.versions(before: page.cursor, limit: page.limit)
        return try .json(
            VersionList(
                versions: found.versions.map { VersionAnswer($0, document: nil) },
                next: found.next.map(Page.cursor)))
    }

    private func version(_ context: WeirRequestContext) async throws -> Response {
        let text = try context.parameters.require("number")
        guard let number = Int(text), let record = try await control.history.record(number) else {
            throw Problem(.limitsVersionUnknown, "there is no version '\(text.excerpt)' of the limits on record")
        }
        return try .json(VersionAnswer(record.version, document: LimitsCoding.document(record.values)))
    }

    // MARK: - Changing

    private func change(
        _ request: Request, _ context: WeirRequestContext, _ source: LimitsCause.Source
    ) async throws -> Response {
        let document = try await LimitsBody(request, isPatch: source == .patch)
        return try await answer(
            try await control.change(context.cause(source), ifVersion: try request.expectedVersions()) {
                try document.applied(to: $0)
            })
    }

    private func validate(_ request: Request) async throws -> Response {
        let isPatch = request.headers[.contentType]?.lowercased().hasPrefix("application/merge-patch+json") ?? false
        let document = try await LimitsBody(request, isPatch: isPatch)
        let state = await control.state
        if let expected = try request.expectedVersions(), !expected.contains(state.number) {
            throw LimitsControl.VersionMismatch(current: state.number)
        }
        return try .json(ValidationAnswer(state, try document.applied(to: state)))
    }

    private func deleteOverlay(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        try await answer(
            try await control.change(
                context.cause(.overlayDeleted), ifVersion: try request.expectedVersions()
            ) {
                try $0.replacing(overlay: LimitsLayer())
            })
    }

    private func reload(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        try await answer(
            try await control.reload(context.cause(.reload), ifVersion: try request.expectedVersions()))
    }

    private func rollback(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let number = try await request.json(RollbackBody.self).version
        let history = control.history
        return try await answer(
            try await control.change(
                context.cause(.rollback), ifVersion: try request.expectedVersions()
            ) { state in
                guard let record = try await history.record(number) else {
                    throw LimitsControl.UnknownVersion(number: number)
                }
                return try state.rolledBack(to: record)
            })
    }

    /// The state that a change has made, even when another has followed already.
    private func answer(_ state: LimitsState) async throws -> Response {
        let answer = await control.answer(state)
        return try .json(answer.json, headers: [.eTag: answer.tag])
    }
}

extension Request {
    /// The versions that `If-Match` names; `nil` where any will do.
    ///
    /// - Throws: ``Problem`` when it names no version.
    fileprivate func expectedVersions() throws -> [Int]? {
        guard let text = headers[.ifMatch], text != "*" else { return nil }
        return try text.split(separator: ",").map { part in
            let tag = part.trimmingPrefix(while: \.isWhitespace)
            guard tag.count > 2, tag.first == "\"", tag.last == "\"", let version = Int(tag.dropFirst().dropLast())
            else {
                throw Problem(
                    .versionMismatch, "If-Match must be the ETag of GET /v1/limits, such as \"1\", not \(text.excerpt)")
            }
            return version
        }
    }
}

extension WeirRequestContext {
    fileprivate func cause(_ source: LimitsCause.Source) -> LimitsCause {
        LimitsCause(source: source, by: caller?.name)
    }
}
