import Harvesting
import RateLimiting

/// The lines of a manifest as rows of one table (RFC 4180); what a line does not have is empty.
enum ManifestTable {
    private static let columns: [(name: String, value: @Sendable (ManifestLine) -> String?)] = [
        ("record", { $0.record.rawValue }),
        ("schema_version", { "\($0.schemaVersion)" }),
        ("timestamp", { $0.timestamp.description }),
        ("job_id", { $0.jobID }),
        ("work_id", { $0.workID }),
        ("doi", { $0.work?.doi }),
        ("title", { $0.work?.title }),
        ("publication_year", { $0.work?.publicationYear.map(String.init) }),
        ("resolver", { $0.resolver }),
        ("resolver_order", { $0.attempt?.resolverOrder.map(String.init) }),
        ("role", { $0.attempt?.role }),
        ("host", { $0.attempt?.host }),
        ("url", { $0.url }),
        ("canonical_url", { $0.work?.canonicalURL }),
        ("original_url", { $0.originalURL }),
        ("status", { $0.attempt?.status }),
        ("http_status", { $0.attempt?.httpStatus.map(String.init) }),
        ("classification", { $0.classification }),
        ("reason", { $0.reason }),
        ("reason_detail", { $0.reasonDetail }),
        ("content_type", { $0.contentType }),
        ("content_length", { $0.contentLength.map(String.init) }),
        ("path", { $0.work?.path }),
        ("sha256", { $0.work?.sha256 }),
        ("etag", { $0.work?.etag }),
        ("last_modified", { $0.work?.lastModified }),
        ("elapsed_ms", { ($0.attempt?.elapsedMilliseconds).map(String.init) }),
        ("limiter_wait_ms", { ($0.attempt?.limiterWaitMilliseconds).map(String.init) }),
        ("from_cache", { ($0.attempt?.fromCache).map(String.init) }),
        ("breaker_state", { $0.attempt?.breakerState }),
        ("dry_run", { ($0.work?.dryRun).map(String.init) }),
    ]

    static let head = columns.map(\.name).joined(separator: ",") + "\r\n"

    static func row(_ line: ManifestLine) -> String {
        columns.map { escaped($0.value(line) ?? "") }.joined(separator: ",") + "\r\n"
    }

    /// In quotation marks where it needs them. A text that a spreadsheet would take for a formula is made one that it
    /// does not: titles come from strangers.
    private static func escaped(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
