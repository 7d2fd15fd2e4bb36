import HTTPTypes
import NIOCore

/// A complete answer, as a value.
struct Answer: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    /// The body in pieces, some of which many answers share.
    var body: [ByteBuffer]

    init(status: HTTPResponse.Status, type: String, body: [ByteBuffer]) {
        self.status = status
        self.body = body
        headers = [.contentType: type, .contentLength: String(body.reduce(0) { $0 + $1.readableBytes })]
    }

    var length: Int { body.reduce(0) { $0 + $1.readableBytes } }

    static func json(_ status: HTTPResponse.Status, _ value: JSON) -> Answer {
        .json(status, text: value.text)
    }

    static func json(_ status: HTTPResponse.Status, text: String) -> Answer {
        Answer(status: status, type: "application/json", body: [ByteBuffer(string: text)])
    }

    static func html(_ status: HTTPResponse.Status, _ text: String) -> Answer {
        Answer(status: status, type: "text/html; charset=utf-8", body: [ByteBuffer(string: text)])
    }

    static func plain(_ status: HTTPResponse.Status, _ text: String) -> Answer {
        Answer(status: status, type: "text/plain; charset=utf-8", body: [ByteBuffer(string: text)])
    }

    static func found(at url: String) -> Answer {
        let link = HTMLText.escape(url)
        var answer = html(.found, #"<!DOCTYPE html><title>Moved</title><p>See <a href="\#(link)">\#(link)</a>.</p>"#)
        answer.headers[.location] = url
        return answer
    }

    static let notFound = html(
        .notFound, "<!DOCTYPE html><html lang=\"en\"><title>Not found</title><h1>Page not found</h1></html>\n")
}
