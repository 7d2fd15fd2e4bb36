import Hummingbird
import Logging

/// What travels with a request.
struct WeirRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// From `X-Request-Id`, or made here; in every log line and problem of the request.
    var requestID: String

    init(source: Source) {
        coreContext = .init(source: source)
        requestID = ""
    }
}
