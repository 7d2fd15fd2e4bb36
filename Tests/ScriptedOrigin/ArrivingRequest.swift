import NIOCore
import NIOHTTP1

/// Puts a request together from the parts that the parser hands out.
struct ArrivingRequest {
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    /// The request whose last part this is.
    mutating func take(_ part: HTTPServerRequestPart) -> RecordedRequest? {
        switch part {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
            return nil
        case .body(var bytes):
            body.writeBuffer(&bytes)
            return nil
        case .end:
            return head.map { RecordedRequest($0, body: body) }
        }
    }
}

extension HTTPServerRequestPart {
    /// RFC 9110, section 10.1.1.
    var expectsContinue: Bool {
        if case .head(let head) = self { head.headers["Expect"].contains("100-continue") } else { false }
    }
}
