import Synchronization

/// Decides which URL misbehaves how. A URL has at most one way; but for the permanent ones a retry succeeds.
final class FaultPlan: Sendable {
    private static let mostURLs = 1_000_000

    private struct State {
        var befallen: Set<UInt64> = []
        var counts: [FaultKind: Int] = [:]
    }

    private let shares: [FaultShare]
    private let everyRequest: Bool
    private let state = Mutex(State())

    /// - Parameter everyRequest: whether all of them befall every request of a URL.
    init(_ shares: [FaultShare], everyRequest: Bool) throws {
        guard Set(shares.map(\.kind)).count == shares.count else {
            throw ArgumentProblem("the same kind of fault is given twice")
        }
        guard shares.reduce(0, { $0 + $1.share }) <= 1 else {
            throw ArgumentProblem("the shares of all faults add up to more than 1")
        }
        self.shares = shares
        self.everyRequest = everyRequest
    }

    /// The fault of this request, which is counted.
    func fault(at key: URLKey, on target: FaultKind.Target) -> FaultKind? {
        guard let kind = kind(for: key), kind.befalls(target) else { return nil }
        return state.withLock { state in
            if !kind.isPermanent, !everyRequest {
                guard state.befallen.count < Self.mostURLs,
                    state.befallen.insert(StableHash.hash(key.description)).inserted
                else { return nil }
            }
            state.counts[kind, default: 0] += 1
            return kind
        }
    }

    var counts: [FaultKind: Int] { state.withLock { $0.counts } }

    /// Forgets what happened, so that every URL misbehaves once more.
    func reset() {
        state.withLock { $0 = State() }
    }

    private func kind(for key: URLKey) -> FaultKind? {
        guard !shares.isEmpty else { return nil }
        var place = StableHash.share(key.description, salt: 23)
        for share in shares {
            if place < share.share { return share.kind }
            place -= share.share
        }
        return nil
    }
}
