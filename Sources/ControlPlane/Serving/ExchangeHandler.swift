import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The server's end of a connection: checks requests, keeps requests and responses in step, and decides when the connection
/// ends (RFC 9112).
///
/// It ends after the response to a request that asks for it or is HTTP/1.0, to one that is refused here, and to one whose body
/// has not arrived as a whole when it is answered: nobody knows where the next request would begin, or whether the body
/// ever ends.
final class ExchangeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    typealias RefusalWriter = @Sendable (Problem) -> (HTTPResponse, ByteBuffer)

    /// Asks for the interim response to `Expect: 100-continue`, where one is due.
    struct ContinueRequest: Sendable {}

    /// Asks to send the client something that says nothing: an interim response (RFC 9110, section 15.2). Fails where none may
    /// be sent.
    struct Probe: Sendable {}

    /// A request that was handed on, until its response is complete.
    private struct Exchange {
        let version: HTTPVersion
        var awaitsContinue: Bool
        /// Whether the connection ends after its response.
        var isLast: Bool
        /// Whether the request has arrived as a whole.
        var isComplete = false
        /// Whether its response has begun.
        var isAnswered = false

        var mayBeProbed: Bool { isComplete && !isAnswered && version != .http1_0 }
    }

    /// A request that is answered here, once the responses to those before it are complete.
    private struct Refusal {
        let problem: Problem
        var version = HTTPVersion.http1_1
        var isHead = false
    }

    private enum Input {
        case open
        /// Nothing more is handed on.
        case ended(then: Refusal?)
    }

    private let refusal: RefusalWriter
    private let logger: Logger
    /// In the order of arrival.
    private var exchanges = CircularBuffer<Exchange>(initialCapacity: 2)
    private var input = Input.open
    private var lingering: Lingering?

    init(refusal: @escaping RefusalWriter, logger: Logger) {
        self.refusal = refusal
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Once it lingers, bytes arrive, not parts.
        if let lingering { return lingering.hasRead() }
        guard case .open = input else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            do throws(Problem) {
                let request = try HTTPRequest(checking: head)
                exchanges.append(
                    Exchange(
                        version: head.version, awaitsContinue: head.expectsContinue, isLast: head.endsConnection))
                context.fireChannelRead(wrapInboundOut(.head(request)))
            } catch {
                refuse(Refusal(problem: error, version: head.version, isHead: head.method == .HEAD), context)
            }
        case .body(let bytes):
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case .end(let trailers):
            if !exchanges.isEmpty {
                let last = exchanges.index(before: exchanges.endIndex)
                exchanges[last].isComplete = true
                if exchanges[last].isLast { input = .ended(then: nil) }
            }
            context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The handlers behind ask for more only as long as somebody wants the request.
        if lingering != nil { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case .open = input else { return }
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        let problem = Problem(error)
        if exchanges.last?.isComplete == false {
            breakOff(problem, context)
        } else {
            refuse(Refusal(problem: problem), context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            inputClosed(context)
            lingering?.inputClosed(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inputClosed(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        lingering?.stop()
    }

    /// To the reader of a body it would look as though the body were complete.
    private func inputClosed(_ context: ChannelHandlerContext) {
        guard case .open = input, exchanges.last?.isComplete == false else { return }
        breakOff(Problem(.malformedRequest, "the connection was closed before the body had ended"), context)
    }

    /// Tells the reader of the last request's body that it will not get the rest.
    private func breakOff(_ problem: Problem, _ context: ChannelHandlerContext) {
        input = .ended(then: nil)
        context.fireErrorCaught(problem)
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        logger.debug("request refused", metadata: ["stage": "http", "detail": "\(refusal.problem.detail)"])
        input = .ended(then: refusal)
        if exchanges.isEmpty { answer(refusal, context) }
    }

    private func answer(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        let (response, body) = self.refusal(refusal.problem)
        var head = HTTPResponseHead(response)
        head.version = refusal.version
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !refusal.isHead { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case is ContinueRequest:
            if let exchange = exchanges.first, exchange.awaitsContinue, !exchange.isComplete {
                exchanges[exchanges.startIndex].awaitsContinue = false
                context.writeAndFlush(wrapOutboundOut(.head(Self.continuing)), promise: nil)
            }
            promise?.succeed()
        case is Probe:
            guard let exchange = exchanges.first, exchange.mayBeProbed, lingering == nil else {
                promise?.fail(ChannelError.inputClosed)
                return
            }
            context.writeAndFlush(wrapOutboundOut(.head(Self.continuing)), promise: promise)
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    private static var continuing: HTTPResponseHead { HTTPResponseHead(version: .http1_1, status: .continue) }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard lingering == nil, let exchange = exchanges.first else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let response) where response.status.kind == .informational:
            // An HTTP/1.0 client takes it for the response (RFC 9110, section 15.2).
            guard exchange.version != .http1_0 else {
                promise?.succeed()
                return
            }
            context.write(wrapOutboundOut(.head(HTTPResponseHead(response))), promise: promise)
        case .head(let response):
            var head = HTTPResponseHead(response)
            // An HTTP/1.0 client knows no chunks.
            head.version = exchange.version
            if exchange.isLast || !exchange.isComplete {
                exchanges[exchanges.startIndex].isLast = true
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            }
            exchanges[exchanges.startIndex].awaitsContinue = false
            exchanges[exchanges.startIndex].isAnswered = true
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes):
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end(let trailers):
            context.write(wrapOutboundOut(.end(trailers.map(HTTPHeaders.init))), promise: promise)
            exchanges.removeFirst()
            if exchange.isLast {
                context.flush()
                linger(context)
            } else if exchanges.isEmpty, case .ended(then: let refusal?) = input {
                answer(refusal, context)
            }
        }
    }

    private func linger(_ context: ChannelHandlerContext) {
        input = .ended(then: nil)
        let lingering = Lingering()
        self.lingering = lingering
        lingering.start(context)
    }
}
