/// What a body, or a whole attempt, turned out to be.
package enum Classification: String, Codable, Sendable, CaseIterable {
    case pdf
    case html
    case xml
    case miss
    case unknown
    case httpError = "http_error"
    /// The file was there already.
    case cached
    case skipped
    case payloadTooLarge = "payload_too_large"
}
