import Synchronization

/// Counts every request by the time it arrived.
///
/// The clock is read while the lock is held, so the counted times never run backwards.
final class Judge: Sendable {
    private let rules: LimitRules
    private let start = ContinuousClock.now
    private let state: Mutex<JudgeState>

    init(rules: LimitRules) {
        self.rules = rules
        state = Mutex(JudgeState(rules: rules))
    }

    func count(host: String, role: RequestRole) -> Verdict {
        state.withLock { state in
            let elapsed = (ContinuousClock.now - start).components
            return state.count(
                host: host, role: role, at: elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
        }
    }

    var findings: JudgeState { state.withLock { $0 } }

    func reset() {
        state.withLock { $0 = JudgeState(rules: rules) }
    }
}
