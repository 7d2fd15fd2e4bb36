import ServiceLifecycle
import Synchronization

/// Runs what nobody waits for, such as refreshing what was served stale, as long as the process runs.
package final class BackgroundWork: Service {
    private let work: AsyncStream<@Sendable () async -> Void>
    private let queue: AsyncStream<@Sendable () async -> Void>.Continuation

    /// What is more than that is not done: it was of use only to those who come later.
    private static let mostWaiting = 1000

    package init() {
        (work, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// - Returns: whether there was room for it.
    func start(_ operation: @escaping @Sendable () async -> Void) -> Bool {
        if case .enqueued = queue.yield(operation) { true } else { false }
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
