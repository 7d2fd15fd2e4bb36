import Hummingbird
import Logging
import NIOCore

/// What travels with a request.
struct WeirRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// From `X-Request-Id`, or made here; in every log line and problem of the request.
    var requestID: String
    /// `nil` until a middleware has read the request's head.
    var caller: Caller?
    /// The connection that the request came by.
    let channel: any Channel

    init(source: Source) {
        coreContext = .init(source: source)
        requestID = ""
        channel = source.channel
    }
}
