import Synchronization

/// Which PDFs were served, and how often.
final class ArtifactCounter: Sendable {
    private let counts: Mutex<[URLKey: Int]> = Mutex([:])

    func count(_ key: URLKey) {
        counts.withLock { $0[key, default: 0] += 1 }
    }

    var findings: [URLKey: Int] { counts.withLock { $0 } }

    func reset() {
        counts.withLock { $0 = [:] }
    }
}
