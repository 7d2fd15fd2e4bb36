import Fetching
import HTTPCaching
import HTTPTypes
import Harvesting

/// The body of `POST /v1/fetch`: what to fetch for a client that cannot, or should not, do it itself.
struct FetchOrder: Decodable {
    let url: String
    let role: String
    let method: String?
    let headers: [String: String]?
    let timeoutMilliseconds: Int?

    enum CodingKeys: String, StrictKey {
        case url
        case role
        case method
        case headers
        case timeoutMilliseconds = "timeout_ms"
    }

    /// What may be asked; there is no body to send, so nothing else is of use.
    private static let methods: [HTTPRequest.Method] = [.get, .head]
    private static let mostFields = 64
    static let timeouts = 1...900_000
    private static let longestValue = 8192

    /// Fields that the transport sets itself.
    private static let reserved: Set<HTTPField.Name> = Set(
        [.contentLength, .expect, .userAgent, .acceptEncoding] + (HTTPField.Name("Host").map { [$0] } ?? []))

    /// - Throws: ``Problem`` listing every field that cannot be accepted.
    func request() throws -> FetchRequest {
        var errors: [FieldError] = []
        var address: WebAddress?
        do {
            address = try WebAddress(parsing: url)
        } catch {
            errors.append(FieldError(path: "url", message: error.detail ?? error.reason))
        }
        let role = FetchRole(rawValue: role)
        if role == nil {
            let known = FetchRole.allCases.map(\.rawValue).joined(separator: ", ")
            errors.append(FieldError(path: "role", message: "must be one of \(known)"))
        }
        let method = method.map { text in Self.methods.first { $0.rawValue == text } } ?? .get
        if method == nil { errors.append(FieldError(path: "method", message: "must be GET or HEAD")) }
        let fields = fields(&errors)
        if let timeout = timeoutMilliseconds, !Self.timeouts.contains(timeout) {
            errors.append(.outside("timeout_ms", Self.timeouts))
        }
        guard errors.isEmpty, let address, let role, let method else {
            throw Problem(
                .invalidField, errors.map { "\($0.path): \($0.message)" }.joined(separator: "; "), errors: errors)
        }
        return FetchRequest(
            address, role: role, method: method, headers: fields, maximumBodyBytes: role.maximumBodyBytes,
            timeout: timeoutMilliseconds.map { .milliseconds($0) } ?? role.timeout, maximumAttempts: 3, client: "fetch",
            isForOthers: true)
    }

    private func fields(_ errors: inout [FieldError]) -> HTTPFields {
        var fields: HTTPFields = [:]
        let given = headers ?? [:]
        if given.count > Self.mostFields {
            errors.append(FieldError(path: "headers", message: "at most \(Self.mostFields) are possible"))
        }
        for (name, value) in given.sortedByBytes.prefix(Self.mostFields) {
            let path = "headers.\(name.excerpt)"
            guard let field = HTTPField.Name(name) else {
                errors.append(FieldError(path: path, message: "is no name of a header field"))
                continue
            }
            guard !Self.reserved.contains(field), !ConnectionFields.removed(from: [field: value]).isEmpty else {
                errors.append(FieldError(path: path, message: "cannot be set; the transport does that"))
                continue
            }
            guard value.utf8.count <= Self.longestValue, HTTPField.isValidValue(value) else {
                errors.append(
                    FieldError(path: path, message: "must be one line of at most \(Self.longestValue) bytes"))
                continue
            }
            fields[field] = value
        }
        return fields
    }
}
