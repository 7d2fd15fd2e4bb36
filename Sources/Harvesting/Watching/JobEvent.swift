package import RateLimiting

/// Something that happened in a job, as those who watch it are told.
package struct JobEvent: Sendable {
    package enum Happening: Sendable {
        /// The job is in another state, or somebody began to watch.
        case state(Job)
        case work(ManifestLine)
        case attempt(ManifestLine)
        case artifact(StoredArtifact, work: String)
        /// The works of a host wait.
        case limit(LimitWait)

        /// The name of the event.
        package var name: String {
            switch self {
            case .state: "state"
            case .work: "work"
            case .attempt: "attempt"
            case .artifact: "artifact"
            case .limit: "limit"
            }
        }
    }

    /// Names the event among those of its job, in order; another process counts anew.
    package let id: JobEventID
    package let happening: Happening
}

/// `<process>-<number>`.
package struct JobEventID: Hashable, Sendable, LosslessStringConvertible {
    /// Which process counted.
    package let process: String
    package let number: Int

    init(process: String, number: Int) {
        self.process = process
        self.number = number
    }

    package init?(_ description: String) {
        let parts = description.split(separator: "-")
        guard parts.count == 2, let number = Int(parts[1]), number >= 0 else { return nil }
        self.init(process: String(parts[0]), number: number)
    }

    package var description: String { "\(process)-\(number)" }
}

/// A host that is not asked for a while.
package struct LimitWait: Encodable, Sendable {
    package let host: String
    package let role: String
    package let until: Timestamp
    /// `rate_limited`, `crawl_delay` or `breaker_open`.
    package let reason: String
}
