import Harvesting

/// Fields of a request that cannot be accepted, whatever protocol it came by.
struct InvalidFields: Error, Hashable {
    /// At least one.
    let fields: [FieldError]

    init(_ fields: [FieldError]) {
        self.fields = fields
    }

    /// - Throws: an error that lists these fields, if there are any.
    static func check(_ fields: [FieldError]) throws(InvalidFields) {
        if !fields.isEmpty { throw InvalidFields(fields) }
    }
}
