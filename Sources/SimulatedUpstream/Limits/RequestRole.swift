/// What a request is for.
enum RequestRole: String, Sendable, Hashable, CaseIterable {
    case metadata
    case landing
    case artifact

    /// The role an `Accept` header states, if it does: a client says what it is after.
    init?(accept: String?) {
        guard let accept = accept?.lowercased() else { return nil }
        if accept.hasPrefix("application/pdf") {
            self = .artifact
        } else if accept.hasPrefix("application/json") {
            self = .metadata
        } else if accept.hasPrefix("text/html") {
            self = .landing
        } else {
            return nil
        }
    }
}
