import LimitBackends
import RateLimiting

/// Where limits are kept; the `backend` part of the limits document.
struct BackendSettings: Hashable, Sendable {
    var kind = "memory"
    var dsn = ""
    /// The name of a ``FailureMode``.
    var onFailure = FailureMode.deny.rawValue
    /// Shares with `on_failure: local`; 0 is as many as there are instances.
    var instances = 0
    /// Windows up to this long begin as though they were used up, where nothing is remembered.
    var learningSeconds = 0
    /// What the names of all that is kept in a database begin with.
    var namespace = "weir"
    /// What lies together on one node of a Redis Cluster: all of the namespace, or what belongs to a host.
    var hashTag = hashTags[0]

    /// Microseconds.
    var learning: Int64 { Int64(learningSeconds) * 1_000_000 }

    var failurePolicy: FailurePolicy {
        FailurePolicy(FailureMode(rawValue: onFailure) ?? .deny, instances: instances > 0 ? instances : nil)
    }

    static let hashTags = ["namespace", "host"]

    /// Logs that hosts are spread over where each has a hash tag of its own: enough for the nodes of any cluster, few
    /// enough to be followed all by every instance.
    static let parts = 16

    /// How many logs limits are decided in.
    var logs: Int { hashTag == "host" ? Self.parts : 1 }

    static let kinds = ["memory", "sqlite", "redis", "postgres"]

    /// How long an answer is waited for. A file has no network that could be cut, but a disk that is slow at times.
    var patience: Duration { kind == "sqlite" ? .seconds(1) : .milliseconds(50) }

    /// What does not go with the kind; `nil` where all does. The address is not repeated: it may carry a password.
    var problem: DocumentProblem? {
        if hashTag == "host", kind != "redis" {
            return DocumentProblem(
                path: "backend.hash_tag",
                message: "must be namespace with the \(kind) backend; only Redis has hash tags")
        }
        return addressProblem.map { DocumentProblem(path: "backend.dsn", message: $0) }
    }

    private var addressProblem: String? {
        switch kind {
        case "memory": return dsn.isEmpty ? nil : "must be empty with the memory backend, which connects to nothing"
        case "sqlite": return dsn.isEmpty ? "must be the path of a file that all instances use" : nil
        case "redis":
            do { _ = try RedisAddress(parsing: dsn) } catch { return error.description }
        default:
            do { try PostgresLog.check(dsn) } catch { return error.description }
        }
        return nil
    }
}
