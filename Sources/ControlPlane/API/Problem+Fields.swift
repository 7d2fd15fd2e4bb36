import Harvesting

extension Problem {
    init(_ invalid: InvalidFields) {
        let text = invalid.fields.map { "\($0.path): \($0.message)" }.joined(separator: "; ")
        self.init(.invalidField, text, errors: invalid.fields)
    }

    /// One field that cannot be accepted.
    init(_ error: FieldError) {
        self.init(.invalidField, "\(error.path): \(error.message)", errors: [error])
    }
}
