import NIOCore
import Synchronization

/// Notices when the client of a connection hangs up, for handlers that hold back their answer.
///
/// The connection's own task reads nothing while an answer is being made, so it would learn of it only afterwards.
final class ClientPresence: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private enum State {
        case present
        case watched(CheckedContinuation<Void, Never>)
        case gone
    }

    private let state = Mutex(State.present)

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client may only have ended its side, but nobody who waits for an answer does that.
        if case .inputClosed = event as? ChannelEvent { leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        let watcher = state.withLock { state in
            defer { state = .gone }
            if case .watched(let continuation) = state { return Optional(continuation) }
            return nil
        }
        watcher?.resume()
    }

    /// Returns when the client has gone, or the task is cancelled. One task at a time may watch.
    func gone() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .gone = state { return true }
                    guard !Task.isCancelled else { return true }
                    state = .watched(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state in
                guard case .watched(let continuation) = state else { return nil as CheckedContinuation<Void, Never>? }
                state = .present
                return continuation
            }
            watcher?.resume()
        }
    }
}

extension WeirRequestContext: CallerConnection {
    func whileConnected<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        // Tests without a network have no connection to watch.
        guard let presence = try? await channel.pipeline.handler(type: ClientPresence.self).get() else {
            return try await operation()
        }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                await presence.gone()
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let value = first { return value }
            // The client has gone first; the operation ends by its cancellation, or it had just finished.
            group.cancelAll()
            while let next = try await group.next() {
                if let value = next { return value }
            }
            throw CancellationError()
        }
    }
}
