import HTTPTypes
import Hummingbird

extension Request {
    /// The name under which a request may be repeated (draft-ietf-httpapi-idempotency-key-header), with or without the
    /// quotation marks.
    ///
    /// - Throws: ``Problem`` when it is no text of 1 to 200 visible ASCII characters.
    func idempotencyKey() throws -> String? {
        guard let name = HTTPField.Name("Idempotency-Key"), let text = headers[name] else { return nil }
        let isQuoted = text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        let key = isQuoted ? String(text.dropFirst().dropLast()) : text
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Page.invalid("Idempotency-Key", "must be 1 to 200 visible ASCII characters")
        }
        return key
    }
}
