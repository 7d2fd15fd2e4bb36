import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One connection to the origin: request after request, until either side has had enough.
struct ServedConnection {
    let channel: NIOAsyncChannel<HTTPServerRequestPart, Never>
    let ledger: Ledger

    /// Whatever goes wrong here closes the connection, which is all that the other side would notice anyway.
    func serve(_ script: ScriptedOrigin.Script) async {
        let connection = channel.channel
        await withTaskCancellationHandler {
            try? await channel.executeThenClose { inbound in
                var arriving = ArrivingRequest()
                for try await part in inbound {
                    if part.expectsContinue { try await write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")) }
                    guard let request = arriving.take(part) else { continue }
                    ledger.record(request)
                    guard let answer = try? await script(request) else { return try await reset() }
                    guard try await send(answer, to: request) else { return }
                }
            }
        } onCancel: {
            connection.close(promise: nil)
        }
    }

    /// Returns when it has been handed to the operating system, so a slow reader slows the writer down.
    private func write(_ bytes: ByteBuffer) async throws {
        try await channel.channel.writeAndFlush(bytes).get()
    }

    private func reset() async throws {
        let discarding = linger(l_onoff: 1, l_linger: 0)
        try await (channel.channel as? any SocketOptionProvider)?.setSoLinger(discarding).get()
    }

    /// Sends the answer; returns whether the connection stays open.
    private func send(_ answer: ScriptedAnswer, to request: RecordedRequest) async throws -> Bool {
        try await answer.gate?.wait()
        let hasBody = answer.mayHaveBody && request.method != .HEAD
        switch answer.delivery {
        case .whole:
            try await write(hasBody ? answer.head + answer.body : answer.head)
        case .chunked(let chunks):
            try await write(answer.head)
            guard hasBody else { break }
            for chunk in chunks { try await write(.chunk(ByteBuffer(string: chunk))) }
            try await write(.lastChunk)
        case .cut(let count):
            try await write(answer.head + answer.body.prefix(count))
            return false
        case .bytewise:
            try await write(answer.head)
            for byte in hasBody ? answer.body.readableBytesView : [] {
                try await write(ByteBuffer(bytes: [byte]))
            }
        case .large(let count):
            try await write(answer.head)
            for offset in stride(from: 0, to: hasBody ? count : 0, by: GeneratedBytes.largestPiece) {
                try await write(GeneratedBytes.piece(at: offset, upTo: count))
            }
        case .endless:
            try await write(answer.head)
            guard hasBody else { break }
            for offset in stride(from: 0, to: .max, by: GeneratedBytes.largestPiece) {
                try await write(.chunk(GeneratedBytes.piece(at: offset, upTo: .max)))
            }
        case .raw(let bytes):
            try await write(bytes)
            return false
        case .reset:
            try await reset()
            return false
        }
        return request.isKeepAlive && answer.keepsConnection
    }
}
