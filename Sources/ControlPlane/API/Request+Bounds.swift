import Foundation
import HTTPTypes
import Hummingbird

extension Request {
    /// Refuses, before anything else is done with it, a request that would cost more than it should.
    ///
    /// - Parameter bodyBytes: what its body may have at most.
    /// - Throws: ``Problem``.
    func checkBounds(bodyBytes most: Int) throws(Problem) {
        if let length = headers[.contentLength].flatMap(Int.init), length > most {
            throw Problem(.payloadTooLarge, "the body has \(length) bytes; at most \(most) are accepted")
        }
        let target = uri.description
        let decoded = target.utf8.contains(UInt8(ascii: "%")) ? target.removingPercentEncoding ?? target : target
        guard decoded.isStreamSafe, headers.allSatisfy(\.value.isStreamSafe) else {
            throw Problem(
                .malformedRequest, "the target or a header field has more than 30 combining marks in a row")
        }
    }
}
