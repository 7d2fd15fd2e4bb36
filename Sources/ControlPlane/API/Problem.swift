import Harvesting
import Hummingbird

/// An error answer (RFC 9457, `application/problem+json`). `type` is stable; `detail` is for people.
struct Problem: Error, Encodable {
    enum Kind: String, CaseIterable {
        case artifactNotFound = "artifact_not_found"
        case expectationFailed = "expectation_failed"
        case fetchDisabled = "fetch_disabled"
        case fieldsTooLarge = "fields_too_large"
        case hostsApart = "hosts_apart"
        case idempotencyKeyReused = "idempotency_key_reused"
        case internalError = "internal_error"
        case invalidField = "invalid_field"
        case invalidJSON = "invalid_json"
        case invalidLimits = "invalid_limits"
        case jobActionRefused = "job_action_refused"
        case jobNotFound = "job_not_found"
        case leaseExpired = "lease_expired"
        case leaseReleased = "lease_released"
        case leaseUnknown = "lease_unknown"
        case limitsUnavailable = "limits_unavailable"
        case limitsVersionUnknown = "limits_version_unknown"
        case malformedRequest = "malformed_request"
        case methodNotAllowed = "method_not_allowed"
        case notFound = "not_found"
        case notImplemented = "not_implemented"
        case payloadTooLarge = "payload_too_large"
        case rateLimited = "rate_limited"
        case shuttingDown = "shutting_down"
        case storageFull = "storage_full"
        case storageUnavailable = "storage_unavailable"
        case unknownRole = "unknown_role"
        case unsupportedMediaType = "unsupported_media_type"
        case versionMismatch = "version_mismatch"
        case weightExceedsLimit = "weight_exceeds_limit"

        var status: HTTPResponse.Status {
            switch self {
            case .malformedRequest, .invalidJSON: .badRequest
            case .notFound, .jobNotFound, .artifactNotFound, .leaseUnknown, .limitsVersionUnknown: .notFound
            case .fetchDisabled: .forbidden
            case .methodNotAllowed: .methodNotAllowed
            case .jobActionRefused: .conflict
            case .leaseExpired, .leaseReleased: .gone
            case .versionMismatch: .preconditionFailed
            case .payloadTooLarge: .contentTooLarge
            case .expectationFailed: .expectationFailed
            case .fieldsTooLarge: .requestHeaderFieldsTooLarge
            case .notImplemented: .notImplemented
            case .unsupportedMediaType: .unsupportedMediaType
            case .hostsApart, .idempotencyKeyReused, .invalidField, .invalidLimits, .unknownRole, .weightExceedsLimit:
                .unprocessableContent
            case .rateLimited: .tooManyRequests
            case .internalError: .internalServerError
            case .limitsUnavailable, .shuttingDown, .storageUnavailable: .serviceUnavailable
            case .storageFull: .init(code: 507, reasonPhrase: "Insufficient Storage")
            }
        }

        var title: String {
            switch self {
            case .artifactNotFound: "No such artifact"
            case .expectationFailed: "Expectation not supported"
            case .fetchDisabled: "Fetching for others is off"
            case .fieldsTooLarge: "The request's head is too large"
            case .hostsApart: "The hosts are decided apart"
            case .idempotencyKeyReused: "The Idempotency-Key belongs to another request"
            case .internalError: "Internal error"
            case .invalidField: "A field cannot be accepted"
            case .invalidJSON: "The body is not the JSON that is expected"
            case .invalidLimits: "The limits document cannot be accepted"
            case .jobActionRefused: "This cannot be done with a job in its state"
            case .jobNotFound: "No such job"
            case .leaseExpired: "The lease has expired"
            case .leaseReleased: "The lease was released"
            case .leaseUnknown: "No such lease"
            case .limitsUnavailable: "The limits are out of reach"
            case .limitsVersionUnknown: "No such version of the limits"
            case .malformedRequest: "The request cannot be understood"
            case .methodNotAllowed: "Method not allowed"
            case .notFound: "No such resource"
            case .notImplemented: "Not implemented"
            case .payloadTooLarge: "The body is too large"
            case .rateLimited: "A limit says no"
            case .shuttingDown: "The service is shutting down"
            case .storageFull: "The disk is full"
            case .storageUnavailable: "Storage unavailable"
            case .unknownRole: "No policy for this role"
            case .unsupportedMediaType: "Unsupported media type"
            case .versionMismatch: "The limits have changed"
            case .weightExceedsLimit: "Heavier than a limit allows"
            }
        }
    }

    /// `nil` for what kept a fetch from an answer: then `reason` tells the kind.
    let kind: Kind?
    /// The last part of `type`.
    let name: String
    let title: String
    let status: HTTPResponse.Status
    var detail: String
    /// Why a fetch brought no answer, as in logs and metrics.
    let reason: String?
    var errors: [FieldError] = []
    var rateLimit: RateLimitPart?
    /// Sent with the answer; not part of the body.
    var headers: HTTPFields = [:]
    /// Filled in where the request is known.
    var requestID: String?

    /// What a denial tells beyond the text.
    struct RateLimitPart: Encodable {
        let retryAfterMilliseconds: Int64
        let violated: [Violated]
        let claims: [TokenUsage]
        let limitsVersion: Int

        enum CodingKeys: String, CodingKey {
            case retryAfterMilliseconds = "retry_after_ms"
            case violated
            case claims
            case limitsVersion = "limits_version"
        }
    }

    init(
        _ kind: Kind, _ detail: String, errors: [FieldError] = [], rateLimit: RateLimitPart? = nil,
        headers: HTTPFields = [:]
    ) {
        self.kind = kind
        name = kind.rawValue
        title = kind.title
        status = kind.status
        self.detail = detail
        reason = nil
        self.errors = errors
        self.rateLimit = rateLimit
        self.headers = headers
    }

    /// About a fetch that brought no answer.
    init(status: HTTPResponse.Status, reason: String, detail: String, headers: HTTPFields = [:]) {
        kind = nil
        name = reason
        title = status.reasonPhrase
        self.status = status
        self.detail = detail
        self.reason = reason
        self.headers = headers
    }

    /// Fields that one answer complains of at most.
    static let mostFields = 100

    /// About fields that cannot be accepted; of very many the first ones.
    init(_ kind: Kind, fields: [FieldError]) {
        let told = Array(fields.prefix(Self.mostFields))
        let text = told.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }.joined(separator: "; ")
        let more = fields.count > told.count ? "; and more of the kind" : ""
        self.init(kind, text + more, errors: told)
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case title
        case status
        case detail
        case reason
        case errors
        case requestID = "request_id"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("urn:weir:problem:\(name)", forKey: .type)
        try container.encode(title, forKey: .title)
        try container.encode(status.code, forKey: .status)
        try container.encode(detail, forKey: .detail)
        try container.encodeIfPresent(reason, forKey: .reason)
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
        try container.encodeIfPresent(requestID, forKey: .requestID)
        try rateLimit?.encode(to: encoder)
    }
}
