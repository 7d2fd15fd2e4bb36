import Foundation
import Harvesting
import Hummingbird

extension JobRequest: StrictBody {
    typealias Field = CodingKeys
}

/// `/v1/jobs`: submit harvests, watch them, take their results.
struct JobsController: Sendable {
    let harvests: HarvestService

    func addRoutes(to routes: RouteTable) {
        routes.on(.post, "/v1/jobs") { request, context in try await submit(request, context) }
        routes.on(.get, "/v1/jobs") { request, _ in try await list(request) }
        routes.on(.get, "/v1/jobs/{id}") { _, context in
            try .json(try await harvests.manifest.job(try context.parameters.require("id")))
        }
        routes.on(.get, "/v1/jobs/{id}/works") { request, context in try await works(request, context) }
        routes.on(.get, "/v1/jobs/{id}/manifest.jsonl") { _, context in try await lines(context) }
        routes.on(.get, "/v1/jobs/{id}/artifacts/{sha256}") { _, context in try await artifact(context) }
        routes.on(.post, "/v1/jobs/{id}/cancel") { _, context in try await cancel(context) }
    }

    private func submit(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let job = try await harvests.submit(try await request.json(JobRequest.self), logger: context.logger)
        return try .json(job, status: .accepted, headers: [.location: "/v1/jobs/\(job.id)"])
    }

    private struct JobList: Encodable {
        let jobs: [Job]
        let next: String?
    }

    private func list(_ request: Request) async throws -> Response {
        let page = try Page(request, alongside: ["state"])
        var state: JobState?
        if let text = request.uri.queryParameters["state"] {
            state = JobState(rawValue: String(text))
            guard state != nil else {
                let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Page.invalid("state", "must be one of \(known)")
            }
        }
        let found = try await harvests.manifest.jobs(state: state, before: page.cursor, limit: page.limit)
        return try .json(JobList(jobs: found.jobs, next: found.next.map(Page.cursor)))
    }

    private struct WorkList: Encodable {
        let works: [ManifestLine]
        let next: String?
    }

    private func works(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let page = try Page(request)
        let id = try context.parameters.require("id")
        let found = try await harvests.manifest.works(of: id, after: page.cursor, limit: page.limit)
        return try .json(WorkList(works: found.works, next: found.next.map(Page.cursor)))
    }

    private func lines(_ context: WeirRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let manifest = harvests.manifest
        _ = try await manifest.job(id)
        return Response(
            status: .ok, headers: [.contentType: "application/jsonl"],
            body: ResponseBody(asyncSequence: ManifestExport(manifest: manifest, job: id)))
    }

    private func artifact(_ context: WeirRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let sha256 = try context.parameters.require("sha256").lowercased()
        guard let artifact = try await harvests.manifest.artifact(sha256, of: id) else {
            throw Problem(.artifactNotFound, "the job has no artifact '\(sha256)'")
        }
        let body: ResponseBody
        do {
            body = try await FileIO().loadFile(path: harvests.path(of: artifact), context: context)
        } catch let error as HTTPError where error.status == .notFound {
            throw Problem(.artifactNotFound, "the file of artifact '\(sha256)' is gone from the data folder")
        }
        let headers: HTTPFields = [.contentType: "application/pdf", .eTag: "\"\(artifact.sha256)\""]
        return Response(status: .ok, headers: headers, body: body)
    }

    private struct Transition: Encodable {
        let job: Job
        let previousState: JobState

        enum CodingKeys: String, CodingKey {
            case job
            case previousState = "previous_state"
        }
    }

    private func cancel(_ context: WeirRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let previous = try await harvests.cancel(id, logger: context.logger)
        return try .json(Transition(job: try await harvests.manifest.job(id), previousState: previous))
    }
}
