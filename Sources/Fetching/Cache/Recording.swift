import Foundation
import HTTPCaching
import HTTPTypes
import NIOCore
import Synchronization

/// Writes a body down while it passes, and keeps it once it is whole.
final class Recording: Sendable {
    private let response: StoredResponse
    private let store: CacheStore
    private let visit: Visit
    private let announced: Int64?
    /// `nil` once the body is kept or given up; read by one task, so nobody ever waits for it.
    private let incoming: Mutex<IncomingBody?>
    private let flights: Flights<CacheKey>

    /// `nil` where it cannot be kept: too large, or no place to write.
    init?(_ response: StoredResponse, of fetched: FetchResponse, _ visit: Visit, _ layer: CacheLayer<some Transport>) {
        announced = fetched.headers[.contentLength].flatMap { Int64($0) }
        store = layer.store
        guard (announced ?? 0) <= store.largestBody else { return nil }
        do {
            incoming = Mutex(try store.bodies.receive())
        } catch {
            store.complain("a body cannot be written", error)
            return nil
        }
        self.response = response
        self.visit = visit
        flights = layer.flights
    }

    /// Lets those go on who wait for what this brings.
    private func land() {
        if let flight = visit.flight { flights.land(flight) }
    }

    func write(_ chunk: ByteBuffer) {
        let isWritten = incoming.withLock { incoming in
            guard let body = incoming else { return true }
            guard body.length + Int64(chunk.readableBytes) <= store.largestBody else { return false }
            do {
                try body.write(chunk)
                return true
            } catch {
                store.complain("a body cannot be written", error)
                return false
            }
        }
        if !isWritten { abandon() }
    }

    func abandon() {
        take()?.discard()
        land()
    }

    private func take() -> sending IncomingBody? {
        incoming.withLock { incoming in
            let body = incoming
            incoming = nil
            return body
        }
    }

    /// The body has come to its end.
    func finish() async {
        guard let incoming = take() else { return }
        defer { land() }
        guard announced == nil || announced == incoming.length, promised == nil || promised == incoming.length else {
            incoming.discard()
            return
        }
        let variant = CacheEntry.variant(of: visit.request.headers, chosenBy: response.fields)
        let same = await store.entries(for: visit.key).filter { $0.variant == variant }
        var (kept, body) = (response, incoming)
        if case .part = response.extent, let old = same.first {
            guard let joined = await store.join(old, response, incoming) else {
                incoming.discard()
                return
            }
            (kept, body) = joined
        }
        await store.keep(
            kept, body, key: visit.key, host: visit.request.address.host, variant: variant, replacing: same)
    }

    /// The bytes that a part says it has.
    private var promised: Int64? {
        if case .part(let range, _) = response.extent { Int64(range.count) } else { nil }
    }

    deinit { take()?.discard() }
}

/// A body that is written down as it is read.
struct RecordedBytes: AsyncSequence, Sendable {
    let base: FetchBody
    let recording: Recording

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: FetchBody.AsyncIterator
        let recording: Recording

        mutating func next() async throws -> ByteBuffer? {
            do {
                guard let chunk = try await base.next() else {
                    await recording.finish()
                    return nil
                }
                recording.write(chunk)
                return chunk
            } catch {
                recording.abandon()
                throw error
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), recording: recording)
    }
}
