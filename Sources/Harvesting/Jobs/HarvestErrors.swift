/// A job request that cannot be accepted: every field that is wrong.
package struct InvalidJobRequest: Error, Hashable, Sendable {
    package let problems: [FieldError]
}

/// A change that the job's state does not allow any more.
package struct JobAlreadyEnded: Error, Hashable, Sendable {
    package let id: String
    package let state: JobState
}

/// No job has this id.
package struct JobNotFound: Error, Hashable, Sendable {
    package let id: String
}
