/// How a host takes a request.
enum Verdict: Sendable, Equatable {
    case admitted
    case rejected(retryAfterSeconds: Int)
}
