import Harvesting

/// The name under which a caller may repeat a request (draft-ietf-httpapi-idempotency-key-header).
enum IdempotencyKey {
    /// - Throws: ``InvalidFields`` unless the key is 1 to 200 visible ASCII characters.
    static func validated(_ key: String) throws(InvalidFields) -> String {
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidFields([
                FieldError(path: "Idempotency-Key", message: "must be 1 to 200 visible ASCII characters")
            ])
        }
        return key
    }
}
