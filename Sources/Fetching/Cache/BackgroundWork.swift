import ServiceLifecycle
import Synchronization

/// Runs what nobody waits for, such as refreshing what was served stale, as long as the process runs; and what has to come
/// to its end whoever stops waiting for it.
package final class BackgroundWork: Service {
    private struct Unfinished {
        var count = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let work: AsyncStream<@Sendable () async -> Void>
    private let queue: AsyncStream<@Sendable () async -> Void>.Continuation
    private let unfinished = Mutex(Unfinished())

    /// What is more than that is not done: it was of use only to those who come later.
    private static let mostWaiting = 1000

    package init() {
        (work, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// - Returns: whether there was room for it.
    func start(_ operation: @escaping @Sendable () async -> Void) -> Bool {
        if case .enqueued = queue.yield(operation) { true } else { false }
    }

    /// Runs at once, and is never cancelled: whoever waits for the task holds back, whoever cannot wait loses nothing.
    func begin(_ operation: sending @escaping () async -> Void) -> Task<Void, Never> {
        unfinished.withLock { $0.count += 1 }
        return Task {
            await operation()
            let waiters = unfinished.withLock { unfinished in
                unfinished.count -= 1
                guard unfinished.count == 0 else { return [] as [CheckedContinuation<Void, Never>] }
                defer { unfinished.waiters = [] }
                return unfinished.waiters
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    /// Waits for all that was begun.
    package func settle() async {
        await withCheckedContinuation { continuation in
            let isOver = unfinished.withLock { unfinished in
                guard unfinished.count > 0 else { return true }
                unfinished.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    package func run() async {
        await withDiscardingTaskGroup { group in
            await withGracefulShutdownHandler {
                for await operation in work { group.addTask { await operation() } }
            } onGracefulShutdown: {
                self.queue.finish()
            }
            group.cancelAll()
        }
    }
}
