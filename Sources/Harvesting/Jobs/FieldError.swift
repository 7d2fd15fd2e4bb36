/// One field that cannot be accepted, and what would be right.
package struct FieldError: Error, Codable, Hashable, Sendable {
    /// Such as `dois[3]`.
    package let path: String
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}
