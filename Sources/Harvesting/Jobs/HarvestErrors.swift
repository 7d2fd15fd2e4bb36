/// A job request that cannot be accepted: every field that is wrong.
package struct InvalidJobRequest: Error, Hashable, Sendable {
    package let problems: [FieldError]

    package init(problems: [FieldError]) {
        self.problems = problems
    }
}

/// Something that cannot be done with a job in its state.
package struct RefusedAction: Error, Hashable, Sendable {
    package let id: String
    package let action: JobAction
    package let state: JobState
}

/// An idempotency key that came before with another request.
package struct ReusedIdempotencyKey: Error, Hashable, Sendable {
    /// The job that it made then.
    package let id: String
}

/// No job has this id.
package struct JobNotFound: Error, Hashable, Sendable {
    package let id: String
}
