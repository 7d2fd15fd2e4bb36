import Hummingbird
import Testing

@testable import ControlPlane

/// A request that the service has to refuse, and how; made after ``limits`` are in force and ``acquireLast`` was granted.
struct InvalidRequest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let request: ContractRequest
    let problem: Problem.Kind

    private init(_ name: String, _ request: ContractRequest, _ problem: Problem.Kind) {
        testDescription = name
        self.request = request
        self.problem = problem
    }

    /// One unit a day for one host, and no waiting for it.
    static let limits = """
        {"version":1,"hosts":{"last.example":{"metadata":{"rates":["1/DAY"],"max_delay_ms":0}}}}
        """
    static let acquireLast = #"{"host":"last.example","role":"metadata","hold":false}"#

    /// Takes the one unit, under the key `last`.
    static let lastUnit = ContractRequest.post(acquire, acquireLast, headers: ["Idempotency-Key": "last"])

    static let all = tokens + changes + jobs + anywhere

    private static let acquire = "/v1/tokens/acquire"
    private static let batch = "/v1/tokens/batch"
    private static let check = "/v1/tokens/check"
    private static let release = "/v1/tokens/release"
    private static let renew = "/v1/tokens/renew"
    private static let job = "/v1/jobs/7b0e4a9e-3c1f-4b57-9a41-0c8f5d2e6f10"
    private static let large = String(repeating: " ", count: Request.maximumBodyBytes + 1)

    private static let tokens = [
        InvalidRequest("an acquire without a body", .post(acquire), .invalidJSON),
        InvalidRequest("an acquire that is no JSON", .post(acquire, "host=a"), .invalidJSON),
        InvalidRequest("an acquire that is no object", .post(acquire, "[]"), .invalidJSON),
        InvalidRequest("an unknown field", .post(acquire, #"{"host":"a","role":"metadata","wieght":1}"#), .invalidJSON),
        InvalidRequest(
            "an unknown field in a claim", .post(acquire, #"{"claims":[{"host":"a","role":"metadata","n":1}]}"#),
            .invalidJSON),
        InvalidRequest(
            "a weight that is a text", .post(acquire, #"{"host":"a","role":"metadata","weight":"1"}"#), .invalidJSON),
        InvalidRequest("a claim without a role", .post(acquire, #"{"claims":[{"host":"a"}]}"#), .invalidJSON),
        InvalidRequest("an acquire of nothing", .post(acquire, "{}"), .invalidField),
        InvalidRequest("no claims", .post(acquire, #"{"claims":[]}"#), .invalidField),
        InvalidRequest(
            "claims in both places", .post(acquire, #"{"claims":[{"host":"a","role":"metadata"}],"weight":1}"#),
            .invalidField),
        InvalidRequest(
            "a weight of nothing", .post(acquire, #"{"host":"a","role":"metadata","weight":0}"#), .invalidField),
        InvalidRequest("no host name", .post(acquire, #"{"host":"a b","role":"metadata"}"#), .invalidField),
        InvalidRequest(
            "a lease that is too short", .post(acquire, #"{"host":"a","role":"metadata","lease_ttl_ms":99}"#),
            .invalidField),
        InvalidRequest("an unknown role", .post(acquire, #"{"host":"a","role":"nonsense"}"#), .unknownRole),
        InvalidRequest(
            "a weight above the limit", .post(acquire, #"{"host":"last.example","role":"metadata","weight":2}"#),
            .weightExceedsLimit),
        InvalidRequest("an exhausted window", .post(acquire, acquireLast), .rateLimited),
        InvalidRequest("an acquire that is too large", .post(acquire, large), .payloadTooLarge),
        InvalidRequest(
            "a weight beyond all limits", .post(acquire, #"{"host":"a","role":"metadata","weight":1000001}"#),
            .invalidField),
        InvalidRequest(
            "an idempotency key with a space",
            .post(acquire, #"{"host":"a","role":"metadata"}"#, headers: ["Idempotency-Key": "a b"]), .invalidField),
        InvalidRequest(
            "an idempotency key that belongs to another request",
            .post(acquire, #"{"host":"a","role":"metadata"}"#, headers: ["Idempotency-Key": "\"last\""]),
            .idempotencyKeyReused),
        InvalidRequest("a batch without a body", .post(batch), .invalidJSON),
        InvalidRequest("an empty batch", .post(batch, #"{"requests":[]}"#), .invalidField),
        InvalidRequest(
            "a batch with a bad request", .post(batch, #"{"requests":[{"host":"a b","role":"metadata"}]}"#),
            .invalidField),
        InvalidRequest("a batch that is too large", .post(batch, large), .payloadTooLarge),
        InvalidRequest("a check without a body", .post(check), .invalidJSON),
        InvalidRequest("a check of an unknown role", .post(check, #"{"host":"a","role":"nonsense"}"#), .unknownRole),
        InvalidRequest("a check that is too large", .post(check, large), .payloadTooLarge),
        InvalidRequest("a renewal without a lease", .post(renew, "{}"), .invalidJSON),
        InvalidRequest(
            "a renewal that is too long", .post(renew, #"{"lease":"a","lease_ttl_ms":3600001}"#), .invalidField),
        InvalidRequest(
            "a renewal of an unknown lease", .post(renew, #"{"lease":"0000000000000000-1-0"}"#), .leaseUnknown),
        InvalidRequest("a renewal that is too large", .post(renew, large), .payloadTooLarge),
        InvalidRequest(
            "an outcome that is no status", .post(release, #"{"lease":"a","outcome":{"status":99}}"#), .invalidField),
        InvalidRequest(
            "a rest in the past", .post(release, #"{"lease":"a","outcome":{"status":429,"retry_after_s":-1}}"#),
            .invalidField),
        InvalidRequest("leases of no host", .get("/v1/leases?host=a%20b"), .invalidField),
        InvalidRequest("an end to an unknown lease", .delete("/v1/leases/mine"), .leaseUnknown),
        InvalidRequest("leases of no role", .get("/v1/leases?role="), .invalidField),
        InvalidRequest("leases of no client", .get("/v1/leases?client="), .invalidField),
        InvalidRequest("usage of no role", .get("/v1/usage?role=A"), .invalidField),
        InvalidRequest("a reset of no role", .delete("/v1/usage?host=a&role=A"), .invalidField),
        InvalidRequest("usage of no host", .get("/v1/usage?host=a%20b"), .invalidField),
        InvalidRequest("a reset of everything", .delete("/v1/usage"), .invalidField),
        InvalidRequest("a reset with an unknown parameter", .delete("/v1/usage?hots=a"), .invalidField),
        InvalidRequest("a pause of no host", .post("/v1/hosts/a%20b/pause"), .invalidField),
        InvalidRequest("a pause that is no JSON", .post("/v1/hosts/a/pause", "now"), .invalidJSON),
        InvalidRequest("a pause of an unknown role", .post("/v1/hosts/a/pause", #"{"role":"nonsense"}"#), .unknownRole),
        InvalidRequest("a pause of no length", .post("/v1/hosts/a/pause", #"{"duration_ms":0}"#), .invalidField),
        InvalidRequest("a pause that is too large", .post("/v1/hosts/a/pause", large), .payloadTooLarge),
        InvalidRequest("a resumption of no host", .post("/v1/hosts/a%20b/resume"), .invalidField),
        InvalidRequest("a resumption that is no JSON", .post("/v1/hosts/a/resume", "now"), .invalidJSON),
        InvalidRequest("a resumption that is too large", .post("/v1/hosts/a/resume", large), .payloadTooLarge),
        InvalidRequest("a release without a lease", .post(release, "{}"), .invalidJSON),
        InvalidRequest("a release that is too large", .post(release, large), .payloadTooLarge),
        InvalidRequest(
            "a lease of another service", .post(release, #"{"lease":"0000000000000000-1-0"}"#), .leaseUnknown),
        InvalidRequest("no lease at all", .post(release, #"{"lease":"mine"}"#), .leaseUnknown),
    ]

    private static let changes = [
        InvalidRequest("limits without a body", .putLimits(""), .invalidLimits),
        InvalidRequest("limits without a version", .putLimits("{}"), .invalidLimits),
        InvalidRequest(
            "a rate that is none", .putLimits(#"{"version":1,"defaults":{"metadata":{"rates":["10/FORTNIGHT"]}}}"#),
            .invalidLimits),
        InvalidRequest(
            "an unknown key", .putLimits("version: 1\nlimits: {}", headers: [.contentType: "application/yaml"]),
            .invalidLimits),
        InvalidRequest("an old version", .putLimits(limits, headers: [.ifMatch: "\"1\""]), .versionMismatch),
        InvalidRequest("no version", .putLimits(limits, headers: [.ifMatch: "yes"]), .versionMismatch),
        InvalidRequest("XML", .putLimits("<a/>", headers: [.contentType: "text/xml"]), .unsupportedMediaType),
        InvalidRequest("limits that are too large", .putLimits(large), .payloadTooLarge),
        InvalidRequest("a key twice", .putLimits(#"{"version":1,"aimd":{},"aimd":{}}"#), .invalidLimits),
        InvalidRequest("a patch that is no JSON", .patchLimits("global_max_inflight: 3"), .invalidLimits),
        InvalidRequest(
            "a patch of an unknown key", .patchLimits(#"{"hosts":{"a":{"metadata":{"rate":null}}}}"#), .invalidLimits),
        InvalidRequest("a patch that contradicts", .patchLimits(#"{"aimd":{"max_multiplier":0.1}}"#), .invalidLimits),
        InvalidRequest(
            "a patch of an old version", .patchLimits("{}", headers: [.ifMatch: "\"1\""]), .versionMismatch),
        InvalidRequest(
            "a patch in YAML", .patchLimits("{}", headers: [.contentType: "text/yaml"]), .unsupportedMediaType),
        InvalidRequest("a patch that is too large", .patchLimits(large), .payloadTooLarge),
        InvalidRequest("a validation of nothing", .post("/v1/limits/validate"), .invalidLimits),
        InvalidRequest(
            "a validation of an old version", .post("/v1/limits/validate", limits, headers: ["If-Match": "\"1\""]),
            .versionMismatch),
        InvalidRequest(
            "a validation of XML", .post("/v1/limits/validate", "<a/>", headers: ["Content-Type": "text/xml"]),
            .unsupportedMediaType),
        InvalidRequest("a validation that is too large", .post("/v1/limits/validate", large), .payloadTooLarge),
        InvalidRequest("a policy of no host", .get("/v1/limits/effective?role=metadata"), .invalidField),
        InvalidRequest("a policy of no role", .get("/v1/limits/effective?host=a"), .invalidField),
        InvalidRequest(
            "a policy of an unknown role", .get("/v1/limits/effective?host=a&role=nonsense"), .unknownRole),
        InvalidRequest(
            "a policy with an unknown parameter", .get("/v1/limits/effective?hots=a&role=metadata"), .invalidField),
        InvalidRequest(
            "an end to an old overlay", .delete("/v1/limits/overlay", headers: [.ifMatch: "\"1\""]),
            .versionMismatch),
        InvalidRequest(
            "a reload from an old version", .post("/v1/limits/reload", headers: ["If-Match": "\"1\", \"9\""]),
            .versionMismatch),
        InvalidRequest("a rollback to nothing", .post("/v1/limits/rollback", "{}"), .invalidJSON),
        InvalidRequest(
            "a rollback to a version that never was", .post("/v1/limits/rollback", #"{"version":99}"#),
            .limitsVersionUnknown),
        InvalidRequest(
            "a rollback from an old version",
            .post("/v1/limits/rollback", #"{"version":1}"#, headers: ["If-Match": "\"1\""]), .versionMismatch),
        InvalidRequest("a rollback that is too large", .post("/v1/limits/rollback", large), .payloadTooLarge),
        InvalidRequest("no page of versions", .get("/v1/limits/versions?limit=0"), .invalidField),
        InvalidRequest("a version that never was", .get("/v1/limits/versions/99"), .limitsVersionUnknown),
        InvalidRequest("a version that is no number", .get("/v1/limits/versions/last"), .limitsVersionUnknown),
    ]

    private static let jobs = [
        InvalidRequest("a fetch", .post("/v1/fetch", #"{"url":"http://a.example/","role":"landing"}"#), .fetchDisabled),
        InvalidRequest("a cache of no host", .delete("/v1/cache?host=a%20b"), .invalidField),
        InvalidRequest("a cache of no URL", .delete("/v1/cache?url=ftp://a.example/"), .invalidField),
        InvalidRequest(
            "a cache of two hosts", .delete("/v1/cache?host=b.example&url=http://a.example/"), .invalidField),
        InvalidRequest("a cache of a role", .delete("/v1/cache?role=metadata"), .invalidField),
        InvalidRequest("a job without a body", .post("/v1/jobs"), .invalidJSON),
        InvalidRequest("a job with an unknown field", .post("/v1/jobs", #"{"topics":"rivers"}"#), .invalidJSON),
        InvalidRequest("a job with a wrong type", .post("/v1/jobs", #"{"topic":"rivers","max":"2"}"#), .invalidJSON),
        InvalidRequest(
            "a job with an unknown resolver", .post("/v1/jobs", #"{"topic":"rivers","resolvers":["scihub"]}"#),
            .invalidJSON),
        InvalidRequest(
            "a job with a resolver that has no key", .post("/v1/jobs", #"{"topic":"rivers","resolvers":["core"]}"#),
            .invalidField),
        InvalidRequest(
            "a job with a credential for who takes none",
            .post("/v1/jobs", #"{"topic":"rivers","credentials":{"doaj":"k"}}"#), .invalidJSON),
        InvalidRequest(
            "a job with a credential for nobody",
            .post("/v1/jobs", #"{"topic":"rivers","credentials":{"scihub":"k"}}"#), .invalidJSON),
        InvalidRequest(
            "a job with a webhook that nobody could sign",
            .post("/v1/jobs", #"{"topic":"rivers","webhook":"http://a.example/"}"#), .invalidField),
        InvalidRequest(
            "works with a line that is none",
            .post("/v1/jobs", "{\n", headers: ["Content-Type": "application/jsonl"]), .invalidJSON),
        InvalidRequest(
            "an idempotency key that is none",
            .post("/v1/jobs", #"{"topic":"rivers"}"#, headers: ["Idempotency-Key": "a b"]), .invalidField),
        InvalidRequest("attempts of no status", .get("\(job)/attempts?status=good"), .invalidField),
        InvalidRequest("attempts of no job", .get("\(job)/attempts"), .jobNotFound),
        InvalidRequest("a table of no job", .get("\(job)/manifest.csv"), .jobNotFound),
        InvalidRequest("events of no job", .get("\(job)/events"), .jobNotFound),
        InvalidRequest("an end to no job", .delete(job), .jobNotFound),
        InvalidRequest("a pause of no job", .post("\(job)/pause"), .jobNotFound),
        InvalidRequest("a resumption of no job", .post("\(job)/resume"), .jobNotFound),
        InvalidRequest("a retry of no job", .post("\(job)/retry"), .jobNotFound),
        InvalidRequest("works of no class", .get("\(job)/works?classification=good"), .invalidField),
        InvalidRequest("a job for nothing", .post("/v1/jobs", "{}"), .invalidField),
        InvalidRequest("too many workers", .post("/v1/jobs", #"{"topic":"rivers","workers":65}"#), .invalidField),
        InvalidRequest("a job that is too large", .post("/v1/jobs", large), .payloadTooLarge),
        InvalidRequest("no page at all", .get("/v1/jobs?limit=0"), .invalidField),
        InvalidRequest("a page that is too long", .get("/v1/jobs?limit=1001"), .invalidField),
        InvalidRequest("a cursor with a sign", .get("/v1/jobs?cursor=%2B1"), .invalidField),
        InvalidRequest("a cursor in capitals", .get("/v1/jobs?cursor=A"), .invalidField),
        InvalidRequest("a cursor with zeros in front", .get("/v1/jobs?cursor=01"), .invalidField),
        InvalidRequest(
            "a DOI that is too long", .post("/v1/jobs", #"{"dois":["10.5/\#(String(repeating: "a", count: 2048))"]}"#),
            .invalidField),
        InvalidRequest("a cursor that is none", .get("/v1/jobs?cursor=%2F"), .invalidField),
        InvalidRequest("a state that is none", .get("/v1/jobs?state=done"), .invalidField),
        InvalidRequest("a page of works that is no number", .get("\(job)/works?limit=ten"), .invalidField),
        InvalidRequest("an unknown job", .get(job), .jobNotFound),
        InvalidRequest("the works of an unknown job", .get("\(job)/works"), .jobNotFound),
        InvalidRequest("the manifest of an unknown job", .get("\(job)/manifest.jsonl"), .jobNotFound),
        InvalidRequest("a file of an unknown job", .get("\(job)/artifacts/9f"), .jobNotFound),
        InvalidRequest("an end to an unknown job", .post("\(job)/cancel"), .jobNotFound),
    ]

    private static let anywhere = [
        InvalidRequest("an unknown route", .get("/v1/nothing"), .notFound),
        InvalidRequest("a route with a tail", .get("\(job)/works/1"), .notFound),
        InvalidRequest("a wrong method", .post("/healthz"), .methodNotAllowed),
        InvalidRequest("a large body for a path that takes none", .post("\(job)/cancel", large), .payloadTooLarge),
    ]
}
