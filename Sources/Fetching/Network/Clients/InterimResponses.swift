import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Synchronization

/// Hands on what an origin says before its answer (1xx; RFC 9110, section 15.2), which AsyncHTTPClient reads and drops.
///
/// A connection does not know whose request it carries. So a request that wants to hear of them carries a number, in a
/// field whose name nobody can guess, which is taken off again before anything is sent. Only HTTP/1 connections are read.
final class InterimResponses: Sendable {
    typealias Listener = @Sendable (HTTPResponse) -> Void

    private struct State {
        var last = 0
        var listeners: [Int: (listener: Listener, count: Int)] = [:]
    }

    let field = "weir-request-\(UInt64.random(in: 0 ... .max))"
    private let state = Mutex(State())

    /// One answer needs no more of them.
    private static let mostForOne = 32

    /// - Returns: the number for the request.
    func begin(_ listener: @escaping Listener) -> Int {
        state.withLock { state in
            state.last += 1
            state.listeners[state.last] = (listener, 0)
            return state.last
        }
    }

    func end(_ number: Int) {
        state.withLock { $0.listeners[number] = nil }
    }

    /// Not for `100 Continue`, which is for whoever sends the body, nor for a switch of protocols that nobody asked for.
    fileprivate func hear(_ head: HTTPResponseHead, for number: Int) {
        let status = Int(head.status.code)
        let bytes = head.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard (102..<200).contains(status), bytes <= NetworkTransport.maximumFieldBytes else { return }
        let listener = state.withLock { state -> Listener? in
            guard let known = state.listeners[number], known.count < Self.mostForOne else { return nil }
            state.listeners[number]?.count += 1
            return known.listener
        }
        listener?(
            HTTPResponse(status: .init(code: status), headerFields: HTTPFields(head.headers, splitCookie: false)))
    }

    /// Reads along on a connection that is new.
    ///
    /// - Parameter channel: an HTTP/1.1 connection with its codec; called on its event loop.
    func install(in channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(Reader(self), position: .after(decoder))
    }

    private final class Reader: ChannelDuplexHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundIn = HTTPClientRequestPart
        typealias OutboundOut = HTTPClientRequestPart

        private let responses: InterimResponses
        private var number: Int?

        init(_ responses: InterimResponses) {
            self.responses = responses
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard case .head(var head) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
            number = head.headers.first(name: responses.field).flatMap { Int($0) }
            head.headers.remove(name: responses.field)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let number, case .head(let head) = unwrapInboundIn(data) { responses.hear(head, for: number) }
            context.fireChannelRead(data)
        }
    }
}
