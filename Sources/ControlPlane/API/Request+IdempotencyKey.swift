import HTTPTypes
import Hummingbird

extension Request {
    /// The name under which a request may be repeated (draft-ietf-httpapi-idempotency-key-header), with or without the
    /// quotation marks; not validated.
    var idempotencyKey: String? {
        guard let name = HTTPField.Name("Idempotency-Key"), let text = headers[name] else { return nil }
        let isQuoted = text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        return isQuoted ? String(text.dropFirst().dropLast()) : text
    }
}
