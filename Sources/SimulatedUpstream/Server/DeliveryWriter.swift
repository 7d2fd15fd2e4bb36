import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Sends an answer the way it shall be delivered.
struct DeliveryWriter: Sendable {
    /// Ends the connection where an answer shall not come to its end.
    struct Interruption: Error {}

    private static let slowSteps = 20
    private static let dripInterval = Duration.seconds(1)

    let slowBody: Duration

    @concurrent
    func send(
        _ delivery: Delivery, to request: UpstreamRequest, with writer: consuming ResponseWriter,
        on channel: any Channel
    ) async throws {
        if request.method == .head, let answer = delivery.answer {
            return try await writer.writeResponse(Self.head(of: answer))
        }
        switch delivery {
        case .reset: throw Interruption()
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
        case .overstated(let answer):
            try await writer.write(response: Self.head(of: answer), body: ResponseBody(contentsOf: answer.body))
            // An interruption would drop what the network has not taken yet; this end comes after it.
            channel.close(mode: .output, promise: nil)
        case .endless(let answer):
            try await writer.write(response: Self.head(of: answer), body: Self.endlessly(answer, on: channel.eventLoop))
        case .drip(let answer):
            try await writer.write(response: Self.head(of: answer), body: Self.dripping(answer))
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

    /// A write waits where the network has no room, but it knows of that only once the event loop has seen the writes
    /// before: without waiting for the loop, this one would run ahead of it without bound.
    private static func endlessly(_ answer: Answer, on loop: any EventLoop) -> ResponseBody {
        ResponseBody { writer in
            try await writer.write(contentsOf: answer.body)
            while true {
                try Task.checkCancellation()
                try await loop.submit {}.get()
                try await writer.write(PDFFiller.page)
            }
        }
    }

    private static func dripping(_ answer: Answer) -> ResponseBody {
        ResponseBody { writer in
            var rest = joined(answer)
            while true {
                guard let byte = rest.readSlice(length: 1) else {
                    rest = PDFFiller.page
                    continue
                }
                try await writer.write(byte)
                try await Task.sleep(for: dripInterval)
            }
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
