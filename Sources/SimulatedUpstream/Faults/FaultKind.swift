/// A way to misbehave.
enum FaultKind: String, Sendable, CaseIterable {
    case tooMany = "429"
    case tooManyWithRetryAfter = "429-retry-after"
    case unavailable = "503"
    case slow
    case truncate
    case wrongLength = "wrong-length"
    case reset
    case redirect
    case wrongType = "wrong-type"
    case endless
    case drip
    case gzipBomb = "gzip-bomb"
    case redirectLoop = "redirect-loop"
    case redirectInternal = "redirect-internal"

    /// What a fault may befall.
    enum Target: Sendable {
        case api
        case page
        case file
    }

    func befalls(_ target: Target) -> Bool {
        switch self {
        case .tooMany, .tooManyWithRetryAfter, .unavailable, .gzipBomb: true
        case .slow, .truncate, .wrongLength, .reset, .redirect, .endless, .drip, .redirectLoop, .redirectInternal:
            target != .api
        case .wrongType: target == .file
        }
    }

    /// Whether it happens at every request, and not only at the first.
    var isPermanent: Bool {
        switch self {
        case .wrongType, .endless, .drip, .gzipBomb, .redirectLoop, .redirectInternal: true
        case .tooMany, .tooManyWithRetryAfter, .unavailable, .slow, .truncate, .wrongLength, .reset, .redirect: false
        }
    }
}
