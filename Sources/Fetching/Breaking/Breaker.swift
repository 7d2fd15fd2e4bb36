import RateLimiting

/// Whether requests go to a host: a value that is told what happens and says what may happen next.
struct Breaker: Hashable, Sendable {
    /// How much failure is too much.
    struct Threshold: Hashable, Sendable {
        let failures: Int
        /// Microseconds.
        let window: Int64

        static func of(_ role: FetchRole) -> Threshold {
            switch role {
            case .metadata: Threshold(failures: 3, window: 45_000_000)
            case .landing: Threshold(failures: 5, window: 60_000_000)
            case .artifact: Threshold(failures: 8, window: 120_000_000)
            }
        }
    }

    enum Admission: Hashable, Sendable {
        case admitted(BreakerState)
        /// Nothing is sent for that many microseconds; `hasFailedProbes` once a host stayed down.
        case refused(microseconds: Int64, hasFailedProbes: Bool)
    }

    enum Outcome: Sendable {
        case success
        case failure
        /// Says nothing about the host, such as a request that its client gave up.
        case neutral
    }

    private enum State: Hashable, Sendable {
        case closed
        case open(until: Timestamp)
        /// One request is on its way to see whether the host is back.
        case probing(since: Timestamp)
    }

    /// How long nothing is sent, in microseconds.
    static let rest: Int64 = 30_000_000
    /// So many successes outweigh one failure: a busy host that stumbles now and then is not down.
    private static let successesPerFailure = 4
    /// Openings in a row after which a host counts as down and not as stumbling.
    private static let openingsOfDown = 3

    private let threshold: Threshold
    private var state = State.closed
    /// Times of the failures within the window.
    private var failures: [Timestamp] = []
    /// Since the first of them.
    private var successes = 0
    private var openings = 0

    init(_ threshold: Threshold) {
        self.threshold = threshold
    }

    /// Nothing that a new breaker would not say as well.
    func isIdle(_ now: Timestamp) -> Bool {
        state == .closed && openings == 0 && failures.allSatisfy { now.microseconds(since: $0) >= threshold.window }
    }

    mutating func admit(_ now: Timestamp) -> Admission {
        switch state {
        case .closed: return .admitted(.closed)
        case .open(let until) where now >= until, .probing(let until) where now.microseconds(since: until) >= Self.rest:
            state = .probing(since: now)
            return .admitted(.halfOpen)
        case .open(let until): return refusal(until.microseconds(since: now))
        // The answer to the probe decides; nobody knows when it comes.
        case .probing: return refusal(1_000_000)
        }
    }

    private func refusal(_ microseconds: Int64) -> Admission {
        .refused(microseconds: microseconds, hasFailedProbes: openings >= Self.openingsOfDown)
    }

    /// - Parameter admission: how the request was let through.
    /// - Returns: whether this opened the breaker.
    mutating func record(_ outcome: Outcome, of admission: BreakerState, _ now: Timestamp) -> Bool {
        let isProbe = admission == .halfOpen
        if isProbe {
            guard case .probing = state else { return false }
        } else if state != .closed {
            // Sent before it opened: what the probe says is newer.
            return false
        }
        switch outcome {
        case .success:
            if isProbe {
                state = .closed
                failures = []
                openings = 0
            } else if !failures.isEmpty {
                successes += 1
            }
            return false
        case .neutral:
            if isProbe { state = .open(until: now) }
            return false
        case .failure:
            forget(before: now)
            failures.append(now)
            let isTooMuch =
                failures.count >= threshold.failures && successes <= failures.count * Self.successesPerFailure
            guard isProbe || isTooMuch else { return false }
            state = .open(until: now.advanced(by: Self.rest))
            failures = []
            successes = 0
            openings += 1
            return true
        }
    }

    /// Drops the failures that are too long ago, and of the successes since as large a share.
    private mutating func forget(before now: Timestamp) {
        let count = failures.count
        failures.removeAll { now.microseconds(since: $0) >= threshold.window }
        successes = count > 0 ? successes * failures.count / count : 0
    }
}

/// How a request found the breaker of its host.
package enum BreakerState: String, Hashable, Sendable {
    case closed
    case halfOpen = "half_open"
    case open
}
