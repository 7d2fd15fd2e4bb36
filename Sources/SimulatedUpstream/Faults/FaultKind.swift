/// A way to misbehave.
enum FaultKind: String, Sendable, CaseIterable {
    case tooMany = "429"
    case tooManyWithRetryAfter = "429-retry-after"
    case unavailable = "503"
    case slow
    case truncate
    case reset
    case wrongType = "wrong-type"
    case redirect

    /// What a fault may befall.
    enum Target: Sendable {
        case api
        case page
        case file
    }

    func befalls(_ target: Target) -> Bool {
        switch self {
        case .tooMany, .tooManyWithRetryAfter, .unavailable: true
        case .slow, .truncate, .reset, .redirect: target != .api
        case .wrongType: target == .file
        }
    }

    /// Whether it happens at every request, and not only at the first.
    var isPermanent: Bool { self == .wrongType }
}
