import NIOCore
import NIOPosix

/// One end of a connection whose bytes a test chooses.
struct RawConnection {
    private let channel: any Channel
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received = ByteBuffer()
    /// Whether the other side has closed its direction, or reset the connection.
    private(set) var hasEnded = false

    typealias Wrapped = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func wrap(_ channel: any Channel) -> EventLoopFuture<Wrapped> {
        channel.eventLoop.makeCompletedFuture {
            try Wrapped(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    /// Connects to a local port, and closes the connection when the body returns.
    static func open<Result: Sendable>(
        port: Int, _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        let wrapped = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { wrap($0) }
        return try await serve(wrapped, body)
    }

    static func serve<Result: Sendable>(
        _ wrapped: Wrapped, _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        try await wrapped.executeThenClose { inbound, outbound in
            var connection = RawConnection(
                channel: wrapped.channel, outbound: outbound, inbound: inbound.makeAsyncIterator())
            return try await body(&connection)
        }
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    /// Returns when it is on its way, so a slow reader slows the writer down.
    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes).get()
    }

    /// Closes this direction only.
    func closeOutput() async throws {
        try await channel.close(mode: .output).get()
    }

    func reset() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close().get()
    }

    /// Waits for more bytes.
    ///
    /// - Returns: whether some came.
    mutating func more() async -> Bool {
        guard !hasEnded, var bytes = (try? await inbound.next(isolation: #isolation)) ?? nil else {
            hasEnded = true
            return false
        }
        received.writeBuffer(&bytes)
        return true
    }

    /// At most so many bytes: those that are there, or the next ones; empty at the end.
    mutating func read(atMost count: Int) async -> ByteBuffer {
        if received.readableBytes == 0 { guard await more() else { return ByteBuffer() } }
        return received.readSlice(length: min(count, received.readableBytes)) ?? ByteBuffer()
    }

    /// So many bytes, or fewer at the end.
    mutating func read(exactly count: Int) async -> ByteBuffer {
        while received.readableBytes < count { guard await more() else { break } }
        return received.readSlice(length: min(count, received.readableBytes)) ?? ByteBuffer()
    }

    /// Everything until the end.
    mutating func rest() async -> ByteBuffer {
        while await more() {}
        return received.readSlice(length: received.readableBytes) ?? ByteBuffer()
    }

    /// What comes up to and with the text; `nil` where it does not come.
    mutating func read(through end: String) async -> String? {
        let mark = Array(end.utf8)
        var searched = 0
        while true {
            let view = received.readableBytesView
            let start = view.startIndex + max(0, searched - mark.count)
            if let found = view[start...].firstRange(of: mark) {
                return received.readString(length: found.upperBound - view.startIndex)
            }
            searched = view.count
            guard await more() else { return nil }
        }
    }
}
