import RateLimiting
import Synchronization

/// A log in memory, at a time that the test sets, which loses what the test says.
final class MemoryLog: LimitLog {
    private struct State {
        var base: LogCheckpoint?
        var entries: [LogEntry] = []
        var time = Timestamp(microseconds: 0)
        var isInterrupted = false
        var isAway = false

        var newest: LogPosition? { entries.last?.position ?? base?.position }
    }

    private let state = Mutex(State())

    func pass(_ microseconds: Int64) { state.withLock { $0.time = $0.time.advanced(by: microseconds) } }

    /// Nothing is answered any more.
    func goAway() { state.withLock { $0.isAway = true } }

    /// Everything is gone.
    func forget() { state.withLock { ($0.base, $0.entries) = (nil, []) } }

    /// The newest batches are gone, and it does not show.
    func setBack(by count: Int) {
        state.withLock { state in
            state.entries.removeLast(min(count, state.entries.count))
            state.isInterrupted = true
        }
    }

    func exchange(
        _ batch: LogBatch?, after position: LogPosition, on condition: LogCondition
    ) async throws(LimitLogUnavailable) -> LogAnswer {
        if state.withLock(\.isAway) { throw LimitLogUnavailable("away") }
        return state.withLock { state in
            guard let base = state.base, let newest = state.newest, position.number <= newest.number else {
                return .lost
            }
            guard position.number >= base.position.number else { return .dropped }
            let passed = Int(position.number - base.position.number)
            guard position == (passed == 0 ? base.position : state.entries[passed - 1].position) else { return .lost }
            if state.isInterrupted, condition != .interrupted { return .interrupted }
            var entries = Array(state.entries[passed...])
            guard let batch, condition == .always || entries.isEmpty else {
                return .entries(entries, time: state.time)
            }
            let place = LogPosition(number: newest.number + 1, mark: batch.mark)
            entries.append(LogEntry(position: place, time: state.time, bytes: batch.bytes))
            state.entries.append(entries[entries.count - 1])
            if condition == .interrupted { state.isInterrupted = false }
            return .entries(entries, time: state.time)
        }
    }

    func checkpoint() async throws(LimitLogUnavailable) -> LogCheckpoint? { state.withLock(\.base) }

    func leave(_ checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) {}

    func begin(with checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) -> Bool {
        state.withLock { state in
            guard state.newest?.number ?? -1 < checkpoint.position.number else { return false }
            (state.base, state.entries, state.isInterrupted) = (checkpoint, [], false)
            return true
        }
    }

    func news(after position: LogPosition) async throws(LimitLogUnavailable) {}
}
