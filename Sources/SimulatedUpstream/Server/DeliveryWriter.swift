import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Sends an answer the way it shall be delivered.
struct DeliveryWriter: Sendable {
    /// Ends the connection where an answer shall not come to its end.
    struct Interruption: Error {}

    private static let slowSteps = 20

    let slowBody: Duration

    @concurrent
    func send(_ delivery: Delivery, to request: UpstreamRequest, with writer: consuming ResponseWriter) async throws {
        switch delivery {
        case .reset: throw Interruption()
        case .whole(let answer) where request.method == .head, .slow(let answer) where request.method == .head,
            .cut(let answer) where request.method == .head:
            try await writer.writeResponse(Self.head(of: answer))
        case .whole(let answer):
            try await writer.write(response: Self.head(of: answer), body: ResponseBody(contentsOf: answer.body))
        case .slow(let answer):
            try await writer.write(response: Self.head(of: answer), body: slowly(answer))
        case .cut(let answer):
            let body = ResponseBody { writer in
                try await writer.write(Self.joined(answer).getSlice(at: 0, length: answer.length / 2) ?? ByteBuffer())
                throw Interruption()
            }
            try await writer.write(response: Self.head(of: answer), body: body)
        }
    }

    private func slowly(_ answer: Answer) -> ResponseBody {
        let pause = slowBody / Self.slowSteps
        return ResponseBody { writer in
            var rest = Self.joined(answer)
            let step = max(1, (rest.readableBytes + Self.slowSteps - 1) / Self.slowSteps)
            while let piece = rest.readSlice(length: min(step, rest.readableBytes)), piece.readableBytes > 0 {
                try await writer.write(piece)
                try await Task.sleep(for: pause)
            }
            try await writer.finish(nil)
        }
    }

    private static func joined(_ answer: Answer) -> ByteBuffer {
        var whole = ByteBuffer()
        whole.reserveCapacity(answer.length)
        for var piece in answer.body {
            whole.writeBuffer(&piece)
        }
        return whole
    }

    private static func head(of answer: Answer) -> HTTPResponse {
        var headers = answer.headers
        headers[.date] = HTTPDate.text(secondsSince1970: Int(Date().timeIntervalSince1970))
        headers[.server] = "upstream-simulator"
        return HTTPResponse(status: answer.status, headerFields: headers)
    }
}
