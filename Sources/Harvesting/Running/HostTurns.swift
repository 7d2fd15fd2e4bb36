import RateLimiting
import Synchronization

/// Lets jobs take turns at a host that lets only so many requests go.
///
/// Jobs that a limit told to come back do so at the same time, and who asks first would get all there is. So whoever was
/// served later lets a job pass that is due, but not for long: it may have no worker to spare.
final class HostTurns: Sendable {
    private struct Place {
        /// When the jobs that were told to come back are due.
        var due: [String: Timestamp] = [:]
        /// The higher, the later a job was served.
        var served: [String: Int] = [:]
    }

    private struct State {
        var places: [LimitKey: Place] = [:]
        var jobs: [String: AsyncStream<LimitKey>.Continuation] = [:]
        var services = 0
    }

    private let state = Mutex(State())

    /// How long a job that is due is let pass, in microseconds.
    static let patience: Int64 = 50_000

    /// Takes a job in.
    ///
    /// - Returns: the places at which another job has just gone, so that whoever let it pass need wait no longer.
    func join(_ job: String) -> AsyncStream<LimitKey> {
        let (moves, continuation) = AsyncStream.makeStream(of: LimitKey.self, bufferingPolicy: .bufferingNewest(100))
        state.withLock { $0.jobs[job] = continuation }
        return moves
    }

    func leave(_ job: String) {
        let continuation = state.withLock { state in
            for key in state.places.keys {
                state.places[key]?.due[job] = nil
                state.places[key]?.served[job] = nil
                if state.places[key]?.due.isEmpty == true { state.places[key] = nil }
            }
            return state.jobs.removeValue(forKey: job)
        }
        continuation?.finish()
    }

    /// A job goes, unless another is to go first.
    ///
    /// - Returns: `nil` when it may go, else until when the other is let pass.
    func go(_ job: String, at key: LimitKey, _ now: Timestamp) -> Timestamp? {
        let (until, others) = state.withLock { state -> (Timestamp?, [AsyncStream<LimitKey>.Continuation]) in
            guard var place = state.places[key] else { return (nil, []) }
            let own = place.served[job] ?? 0
            let first = place.due.filter { other, time in
                other != job && time <= now && now < time.advanced(by: Self.patience)
                    && (place.served[other] ?? 0) < own
            }
            if let until = first.values.max() {
                // It is ready itself: whoever goes now is not to go again before it.
                state.places[key]?.due[job] = now
                return (until.advanced(by: Self.patience), [])
            }
            state.services += 1
            place.served[job] = state.services
            place.due[job] = nil
            state.places[key] = place
            return (nil, place.served.keys.filter { $0 != job }.compactMap { state.jobs[$0] })
        }
        for other in others { other.yield(key) }
        return until
    }

    /// A job was told to come back.
    func wait(_ job: String, at key: LimitKey, until time: Timestamp) {
        state.withLock { state in
            guard state.jobs.count > 1 else { return }
            state.places[key, default: Place()].due[job] = time
        }
    }
}
