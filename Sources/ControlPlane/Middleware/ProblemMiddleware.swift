import Harvesting
import Hummingbird
import Logging
import Metrics
import RateLimiting
import Storage

/// Turns every error into a problem document; what nobody foresaw becomes a 500 that tells nothing and is logged.
struct ProblemMiddleware: RouterMiddleware {
    let storage: StorageCheck

    func handle(
        _ request: Request,
        context: WeirRequestContext,
        next: @concurrent (Request, WeirRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var problem = Self.problem(error, request)
            var metadata: Logger.Metadata = ["stage": "http", "detail": "\(error)"]
            if problem.kind == .internalError, let fault = await storage.fault(error) {
                problem = Problem(fault)
                metadata["reason"] = "\(fault.rawValue)"
                Counter(label: "weir_storage_errors_total", dimensions: [("reason", fault.rawValue)]).increment()
            }
            problem.requestID = context.requestID
            if [.internalError, .limitsUnavailable, .storageFull, .storageUnavailable].contains(problem.kind) {
                context.logger.error("\(problem.title.lowercased())", metadata: metadata)
            }
            let response = try Response.json(
                problem, status: problem.status, headers: problem.headers,
                contentType: "application/problem+json")
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private static func problem(_ error: any Error, _ request: Request) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let error as InvalidFields:
            return Problem(error)
        case let error as InvalidJobRequest:
            return Problem(.invalidField, fields: error.problems)
        case let error as JobNotFound:
            return Problem(
                .jobNotFound, "there is no job '\(error.id.excerpt)'; GET /v1/jobs lists those that there are")
        case let error as RefusedAction:
            let legal = error.state.actions.map(\.rawValue).joined(separator: ", ")
            return Problem(
                .jobActionRefused,
                "the job is \(error.state.rawValue), so \(error.action.rawValue) makes no sense; it allows: \(legal)")
        case let error as ReusedIdempotencyKey:
            return Problem(
                .idempotencyKeyReused, "the Idempotency-Key was used with another request, which made job '\(error.id)'"
            )
        case let error as DocumentProblems:
            return Problem(
                .invalidLimits, error.description,
                errors: error.problems.map { FieldError(path: $0.path, message: $0.placedMessage) })
        case let error as LimitsControl.VersionMismatch:
            return Problem(
                .versionMismatch, "the limits are at version \(error.current) by now; read them again",
                headers: [.eTag: "\"\(error.current)\""])
        case let error as LimitsControl.UnknownVersion:
            return Problem(
                .limitsVersionUnknown, "there is no version '\(error.number)' of the limits on record")
        case is LimitLogUnavailable:
            // What exactly is wrong, and with which address, is for the log.
            return Problem(
                .limitsUnavailable, "the database that the limits are shared through does not answer; try again",
                headers: [.retryAfter: "1"])
        case is CancellationError where ClientPresence.current?.isGone == true:
            return Problem(
                .malformedRequest,
                "the client closed its side of the connection while the request waited; nothing was consumed; with HTTP/1.0, "
                    + "keep it open until the response has come")
        case is CancellationError:
            return Problem(.shuttingDown, "the request was given up before it was decided; nothing was consumed")
        case let error as HTTPError where error.status == .notFound:
            return Problem(.notFound, "there is nothing at \(request.uri.path.excerpt)")
        case let error as HTTPError where error.status == .contentTooLarge:
            return Problem(.payloadTooLarge, "the body may have at most \(Request.maximumBodyBytes) bytes")
        case let error as HTTPError where (400..<500).contains(error.status.code):
            return Problem(.malformedRequest, error.body ?? error.status.reasonPhrase)
        default:
            return Problem(.internalError, "something went wrong here; the log has more under this request_id")
        }
    }
}

extension Problem {
    /// What keeps the service from writing down what it is asked to; the error itself is for the log.
    fileprivate init(_ fault: StorageFault) {
        self.init(
            fault == .full ? .storageFull : .storageUnavailable,
            "the data folder cannot be used: \(fault) (\(fault.rawValue)); nothing was changed")
    }
}
