import Foundation
import Harvesting
import Hummingbird

/// `/v1/jobs`: submit harvests, steer them, take their results.
struct JobsController: Sendable {
    let harvests: HarvestService
    let storage: StorageCheck

    func addRoutes(to routes: RouteTable) {
        routes.on(.post, "/v1/jobs", requires: .runJobs, maximumBodyBytes: WorkLines.maximumBytes) { request, context in
            try await submit(request, context)
        }
        routes.on(.get, "/v1/jobs", requires: .readJobs) { request, _ in try await list(request) }
        routes.on(.get, "/v1/jobs/{id}", requires: .readJobs) { _, context in
            try .json(try await harvests.report(on: try context.parameters.require("id")))
        }
        routes.on(.delete, "/v1/jobs/{id}", requires: .runJobs) { _, context in
            _ = try await perform(.delete, context)
            return Response(status: .noContent)
        }
        routes.on(.get, "/v1/jobs/{id}/artifacts/{sha256}", requires: .readJobs) { _, context in
            try await artifact(context)
        }
        for action in [JobAction.cancel, .pause, .resume, .retry] {
            routes.on(.post, "/v1/jobs/{id}/\(action.rawValue)", requires: .runJobs) { _, context in
                let previous = try await perform(action, context)
                let job = try await harvests.manifest.job(try context.parameters.require("id"))
                return try .json(Transition(job: job, previousState: previous))
            }
        }
    }

    private func submit(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        // A file that was removed can still be written to, and nobody will ever read what it says.
        if let fault = await storage.fault() { throw fault }
        let job = try await harvests.submit(
            try await JobSubmission.read(request),
            idempotencyKey: try request.idempotencyKey.map(IdempotencyKey.validated),
            logger: context.logger)
        return try .json(job, status: .accepted, headers: [.location: "/v1/jobs/\(job.id)"])
    }

    private struct JobList: Encodable {
        let jobs: [Job]
        let next: String?
    }

    private func list(_ request: Request) async throws -> Response {
        let page = try Page(request, alongside: ["state"])
        let state = try Page.choice(JobState.self, "state", request)
        let found = try await harvests.manifest.jobs(state: state, before: page.cursor, limit: page.limit)
        return try .json(JobList(jobs: found.jobs, next: found.next.map(Page.cursor)))
    }

    private func artifact(_ context: WeirRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let sha256 = try context.parameters.require("sha256").lowercased()
        guard let artifact = try await harvests.manifest.artifact(sha256, of: id) else {
            throw Problem(.artifactNotFound, "the job has no artifact '\(sha256.excerpt)'")
        }
        let body: ResponseBody
        do {
            body = try await FileIO().loadFile(path: harvests.path(of: artifact), context: context)
        } catch let error as HTTPError where error.status == .notFound {
            throw Problem(.artifactNotFound, "the file of artifact '\(sha256.excerpt)' is gone from the data folder")
        }
        var headers = ForeignFields.guarding
        headers[.contentType] = "application/pdf"
        headers[.eTag] = "\"\(artifact.sha256)\""
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

    private func perform(_ action: JobAction, _ context: WeirRequestContext) async throws -> JobState {
        try await harvests.perform(action, on: try context.parameters.require("id"), logger: context.logger)
    }
}
