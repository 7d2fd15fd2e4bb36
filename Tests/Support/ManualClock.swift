import Synchronization

/// A clock that stands still until a test moves it; sleeping tasks resume when it passes their time.
package final class ManualClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        package let offset: Duration

        package init(offset: Duration) {
            self.offset = offset
        }

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let count: Int
        let limit: Instant?
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Instant(offset: .zero)
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var watchers: [Watcher] = []

        func isMet(_ watcher: Watcher) -> Bool {
            let due = sleepers.values.lazy.filter { sleeper in watcher.limit.map { sleeper.deadline <= $0 } ?? true }
            return due.count >= watcher.count
        }

        mutating func takeMetWatchers() -> [CheckedContinuation<Void, Never>] {
            let met = watchers.filter(isMet)
            watchers.removeAll(where: isMet)
            return met.map(\.continuation)
        }
    }

    private enum Sleep {
        case begun([CheckedContinuation<Void, Never>])
        case over
        case cancelled
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { state.withLock(\.now) }
    package var minimumResolution: Duration { .nanoseconds(1) }

    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                switch begin(id, Sleeper(deadline: deadline, continuation: continuation)) {
                case .begun(let watchers): for watcher in watchers { watcher.resume() }
                case .over: continuation.resume()
                case .cancelled: continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                if let sleeper = state.sleepers.removeValue(forKey: id) { return Optional(sleeper) }
                state.cancelled.insert(id)
                return nil
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock and resumes, in the order of their times, the sleepers it passes.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Returns once at least `count` tasks sleep; with a limit, only those are counted that it would wake.
    package func sleepers(_ count: Int, dueBy limit: Instant? = nil) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                let watcher = Watcher(count: count, limit: limit, continuation: continuation)
                guard !state.isMet(watcher) else { return true }
                state.watchers.append(watcher)
                return false
            }
            if isMet { continuation.resume() }
        }
    }

    private func begin(_ id: Int, _ sleeper: Sleeper) -> Sleep {
        state.withLock { state in
            if state.cancelled.remove(id) != nil { return .cancelled }
            guard sleeper.deadline > state.now else { return .over }
            state.sleepers[id] = sleeper
            return .begun(state.takeMetWatchers())
        }
    }
}
