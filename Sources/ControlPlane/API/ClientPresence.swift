import NIOCore
import NIOHTTPTypes
import Synchronization

/// Notices when the client of a connection hangs up: for handlers that hold back their response, and for what has to be undone
/// where the client never gets it.
///
/// The connection's own task reads nothing while a response is being made, so it would learn of it only afterwards.
final class ClientPresence: ChannelDuplexHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Of the connection whose request the current task answers.
    @TaskLocal static var current: ClientPresence?

    private enum Presence {
        case present
        case watched(CheckedContinuation<Void, Never>)
        /// As far as can be told: one that has only ended its side can still be written to.
        case gone
    }

    private struct State {
        var presence = Presence.present
        var isClosed = false
        /// Requests that have been handed on.
        var requests = 0
        /// Responses that have been written as a whole.
        var responses = 0
        /// What to do unless the client gets the response to the request of that number; hardly ever more than one.
        var undelivered: [(request: Int, action: @Sendable () -> Void)] = []
    }

    private let state = Mutex(State())

    var isGone: Bool {
        state.withLock { if case .gone = $0.presence { true } else { false } }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            // A client that hung up and one that has only ended its side look alike until something is sent to them: the
            // former's machine then resets the connection.
            let probe = context.eventLoop.makePromise(of: Void.self)
            probe.futureResult.whenFailure { _ in self.leave() }
            context.triggerUserOutboundEvent(ExchangeHandler.Probe(), promise: probe)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        let undelivered = state.withLock { state in
            defer { state.undelivered = [] }
            state.isClosed = true
            return state.undelivered
        }
        for response in undelivered { response.action() }
        context.fireChannelInactive()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data), let undelivered = endResponse() else {
            return context.write(data, promise: promise)
        }
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.whenFailure { _ in undelivered() }
        context.write(data, promise: written)
    }

    private func leave() {
        let watcher = state.withLock { state in
            defer { state.presence = .gone }
            if case .watched(let continuation) = state.presence { return Optional(continuation) }
            return nil
        }
        watcher?.resume()
    }

    /// What was to be done unless the response is delivered that ends now.
    private func endResponse() -> (@Sendable () -> Void)? {
        state.withLock { state in
            state.responses += 1
            guard let first = state.undelivered.first, first.request == state.responses else { return nil }
            return state.undelivered.removeFirst().action
        }
    }

    /// A request is handed on; they are answered one after the other.
    func beginRequest() {
        state.withLock { $0.requests += 1 }
    }

    /// Runs `action` if the response to the request under way cannot be written to the client. One that its machine still took
    /// counts as delivered.
    func ifUndelivered(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.undelivered.append((state.requests, action)) }
            return state.isClosed
        }
        if isClosed { action() }
    }

    /// Returns when the client has gone, or the task is cancelled. One task at a time may watch.
    func gone() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .gone = state.presence { return true }
                    guard !Task.isCancelled else { return true }
                    state.presence = .watched(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state in
                guard case .watched(let continuation) = state.presence else {
                    return nil as CheckedContinuation<Void, Never>?
                }
                state.presence = .present
                return continuation
            }
            watcher?.resume()
        }
    }

    /// Runs an operation and cancels it when the client of the current request hangs up meanwhile.
    ///
    /// - Throws: what the operation throws, such as `CancellationError`.
    static func whileConnected<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        // Tests without a network have no connection to watch.
        guard let presence = current else { return try await operation() }
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

extension WeirRequestContext: CallerConnection {
    func whileConnected<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await ClientPresence.whileConnected(operation)
    }

    func ifUndelivered(_ action: @escaping @Sendable () -> Void) { ClientPresence.current?.ifUndelivered(action) }
}
