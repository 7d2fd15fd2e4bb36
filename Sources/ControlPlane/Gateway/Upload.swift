import AsyncAlgorithms
import Fetching
import HummingbirdCore
import NIOCore
import Synchronization

/// The body of a client's request on its way to the origin.
///
/// A connection can have one reader at a time, and the client of the origin may still want more of the body when the request
/// has long been answered. So a task of its own reads the body, and ``end()`` lets the connection have it back.
final class Upload: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias AsyncIterator = AsyncThrowingChannel<ByteBuffer, any Error>.Iterator

    private enum State {
        case unread
        case read(by: Task<Void, Never>)
        case ended
    }

    private let body: RequestBody
    private let chunks = AsyncThrowingChannel<ByteBuffer, any Error>()
    private let state = Mutex(State.unread)

    init(_ body: RequestBody) {
        self.body = body
    }

    /// Begins to read: not before the origin is ready for it.
    func makeAsyncIterator() -> AsyncIterator {
        state.withLock { state in
            guard case .unread = state else { return }
            state = .read(by: Task { [body, chunks] in await Self.read(body, into: chunks) })
        }
        return chunks.makeAsyncIterator()
    }

    private static func read(_ body: RequestBody, into chunks: AsyncThrowingChannel<ByteBuffer, any Error>) async {
        do {
            for try await chunk in body { await chunks.send(chunk) }
            // A reader that is cancelled sees an end; the origin must not.
            try Task.checkCancellation()
            chunks.finish()
        } catch let problem as Problem {
            chunks.fail(FetchError.malformedRequest(problem.detail))
        } catch {
            chunks.fail(error)
        }
    }

    /// Stops reading; returns when nobody reads the connection any more.
    func end() async {
        let reader = state.withLock { state in
            defer { state = .ended }
            if case .read(let reader) = state { return Optional(reader) }
            return nil
        }
        reader?.cancel()
        await reader?.value
        chunks.fail(CancellationError())
    }
}
