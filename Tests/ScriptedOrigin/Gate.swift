import Synchronization

/// Keeps tasks waiting until it is opened, once and for all; so a test decides what happens at the same time.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        /// Those who were cancelled before they had begun to wait.
        var cancelled: Set<Int> = []
    }

    private enum Wait {
        case begun
        case over
        case cancelled
    }

    private let state = Mutex(State())

    package init() {}

    package func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return state.waiters.values.map { $0 }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once the gate is open; throws `CancellationError` when the task is cancelled before that.
    package func wait() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                switch begin(id, continuation) {
                case .begun: break
                case .over: continuation.resume()
                case .cancelled: continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                if let waiter = state.waiters.removeValue(forKey: id) { return Optional(waiter) }
                state.cancelled.insert(id)
                return nil
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func begin(_ id: Int, _ waiter: CheckedContinuation<Void, any Error>) -> Wait {
        state.withLock { state in
            if state.cancelled.remove(id) != nil { return .cancelled }
            guard !state.isOpen else { return .over }
            state.waiters[id] = waiter
            return .begun
        }
    }
}
