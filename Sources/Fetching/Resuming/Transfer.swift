import AsyncAlgorithms
import HTTPCaching
import NIOCore
import Synchronization

/// A body on its way from the legs that bring it to its one reader.
final class Transfer: Sendable {
    /// The response of the first leg.
    let head = AsyncThrowingChannel<FetchResponse, any Error>()
    let body = AsyncThrowingChannel<ByteBuffer, any Error>()
    private let state = Mutex<State>(State())

    private struct State {
        var position: Int64 = 0
        var resumption: Resumption?
    }

    /// Bytes that were passed on.
    var position: Int64 { state.withLock { $0.position } }
    /// `nil` as long as there is nothing to go on with.
    var resumption: Resumption? { state.withLock { $0.resumption } }

    func begin(_ response: FetchResponse, now: HTTPDate) async {
        state.withLock { $0.resumption = Resumption(of: response, now: now) }
        await head.send(response)
    }

    /// - Throws: what reading them throws; `CancellationError` when nobody reads any more.
    func pass(_ bytes: FetchBody) async throws {
        for try await chunk in bytes {
            await body.send(chunk)
            try Task.checkCancellation()
            state.withLock { $0.position += Int64(chunk.readableBytes) }
        }
    }

    func finish() {
        head.finish()
        body.finish()
    }

    func fail(_ error: any Error) {
        head.fail(error)
        body.fail(error)
    }
}
