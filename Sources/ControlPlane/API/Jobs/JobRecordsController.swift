import HTTPTypes
import Harvesting
import Hummingbird

/// `/v1/jobs/{id}/…`: what happened in a job, as pages, as a whole manifest, and while it happens.
struct JobRecordsController: Sendable {
    let harvests: HarvestService

    func addRoutes(to routes: RouteTable) {
        routes.on(.get, "/v1/jobs/{id}/works", requires: .readJobs) { try await works($0, $1) }
        routes.on(.get, "/v1/jobs/{id}/attempts", requires: .readJobs) { try await attempts($0, $1) }
        routes.on(.get, "/v1/jobs/{id}/manifest.jsonl", requires: .readJobs) { _, context in
            try await export(.jsonLines, context)
        }
        routes.on(.get, "/v1/jobs/{id}/manifest.csv", requires: .readJobs) { _, context in
            try await export(.csv, context)
        }
        routes.on(.get, "/v1/jobs/{id}/events", requires: .readJobs) { try await events($0, $1) }
    }

    private struct WorkList: Encodable {
        let works: [ManifestLine]
        let next: String?
    }

    private func works(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let page = try Page(request, alongside: ["classification", "reason", "resolver"])
        let id = try context.parameters.require("id")
        let filter = WorkFilter(
            classification: try Page.choice(Classification.self, "classification", request),
            reason: request.uri.queryParameters["reason"].map(String.init),
            resolver: try Page.choice(ResolverName.self, "resolver", request))
        let found = try await harvests.manifest.works(of: id, filter, after: page.cursor, limit: page.limit)
        return try .json(WorkList(works: found.works, next: found.next.map(Page.cursor)))
    }

    private struct AttemptList: Encodable {
        let attempts: [ManifestLine]
        let next: String?
    }

    private func attempts(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let page = try Page(request, alongside: ["work", "host", "role", "status", "resolver"])
        let id = try context.parameters.require("id")
        let query = request.uri.queryParameters
        let filter = AttemptFilter(
            work: query["work"].map(String.init), host: query["host"].map { $0.lowercased() },
            role: query["role"].map(String.init), status: try Page.choice(Attempt.Status.self, "status", request),
            resolver: try Page.choice(ResolverName.self, "resolver", request))
        let found = try await harvests.manifest.attempts(of: id, filter, after: page.cursor, limit: page.limit)
        return try .json(AttemptList(attempts: found.attempts, next: found.next.map(Page.cursor)))
    }

    private func export(_ format: ManifestExport.Format, _ context: WeirRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        _ = try await harvests.manifest.job(id)
        let export = ManifestExport(manifest: harvests.manifest, job: id, format: format)
        var headers = ForeignFields.guarding
        headers[.contentType] = format.mediaType
        return Response(status: .ok, headers: headers, body: ResponseBody(asyncSequence: export))
    }

    private func events(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }.flatMap(JobEventID.init)
        _ = try await harvests.manifest.job(id)
        let stream = JobEventStream(id: id, harvests: harvests, last: last)
        return Response(
            status: .ok, headers: ServerSentEvents.fields,
            body: ResponseBody { writer in
                try await stream.write(to: &writer)
                try await writer.finish(nil)
            })
    }
}
