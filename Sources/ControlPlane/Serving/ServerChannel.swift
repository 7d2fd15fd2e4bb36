import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// How the servers of this package speak HTTP/1: one pipeline for all, so that what one refuses no other accepts.
struct ServerChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    private let refusal: ExchangeHandler.RefusalWriter

    /// Bytes of a request's target and fields together, and of each field.
    static let maximumHeadBytes = 80 << 10
    private static let maximumFieldCount = 1000
    private static let idleTimeout = Duration.seconds(60)

    /// - Parameter refusal: makes the response to a request that never reaches the responder.
    init(refusal: @escaping ExchangeHandler.RefusalWriter, responder: @escaping HTTPChannelHandler.Responder) {
        self.refusal = refusal
        self.responder = { request, writer, channel in
            ClientPresence.current?.beginRequest()
            try await responder(request.continuing(on: channel), writer, channel)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = Self.maximumHeadBytes
            limits.maxHeaderListSize = Self.maximumHeadBytes
            limits.maxHeaderFieldCount = Self.maximumFieldCount
            let pipeline = channel.pipeline.syncOperations
            // Requests are pipelined by the asynchronous channel, errors are answered by the handler below, and fields are
            // valid by their type.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
            try pipeline.addHandlers([
                ExchangeHandler(refusal: refusal, logger: logger), ClientPresence(),
                HTTPConnectionStateHandler(idleTimeout: Self.idleTimeout, logger: logger),
            ])
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        let client = try? await value.channel.pipeline.handler(type: ClientPresence.self).get()
        await ClientPresence.$current.withValue(client) { await handleHTTP(asyncChannel: value, logger: logger) }
    }
}
