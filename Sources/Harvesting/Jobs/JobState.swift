package enum JobState: String, Codable, Sendable, CaseIterable {
    case queued
    case running
    case paused
    case succeeded
    case failed
    case cancelled

    package var isFinal: Bool {
        switch self {
        case .queued, .running, .paused: false
        case .succeeded, .failed, .cancelled: true
        }
    }

    /// What may be done with a job in this state.
    package var actions: [JobAction] { JobAction.allCases.filter { $0.states.contains(self) } }
}

/// What people do with a job.
package enum JobAction: String, Sendable, CaseIterable {
    case cancel
    case pause
    case resume
    case retry
    case delete

    /// The states in which it may be done.
    var states: [JobState] {
        switch self {
        case .cancel: [.queued, .running, .paused]
        case .pause: [.queued, .running]
        case .resume: [.paused]
        case .retry, .delete: [.succeeded, .failed, .cancelled]
        }
    }
}
