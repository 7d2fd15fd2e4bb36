import Foundation
import HTTPCaching
import HTTPTypes
import NIOCore
import Synchronization

/// Writes a body down while it passes, and keeps it once it is whole. From then on nobody can cancel that: whoever got
/// the last byte may hang up.
final class Recording: Sendable {
    private let response: StoredResponse
    private let store: CacheStore
    private let work: BackgroundWork
    private let visit: Visit
    private let announced: Int64?
    /// `nil` once the body is whole or given up; read by one task, so nobody ever waits for it.
    private let incoming: Mutex<IncomingBody?>
    private let keeping = Mutex<Task<Void, Never>?>(nil)
    private let flights: Flights<CacheKey>

    /// `nil` where it is known already that it cannot be kept: too large, not the bytes that it says it has, invalidated since
    /// it was requested, or no place to write.
    init?(_ response: StoredResponse, of fetched: FetchResponse, _ visit: Visit, _ layer: CacheLayer<some Transport>) {
        announced = fetched.headers[.contentLength].flatMap { Int64($0) }
        store = layer.store
        let promised = Self.promised(response)
        guard (announced ?? 0) <= store.largestBody, announced == nil || promised == nil || announced == promised,
            !store.isInvalidated(response, at: visit.request.address, since: visit.epoch)
        else { return nil }
        do {
            incoming = Mutex(try store.bodies.receive())
        } catch {
            store.complain("a body cannot be written", error)
            return nil
        }
        self.response = response
        self.visit = visit
        work = layer.refreshes
        flights = layer.flights
    }

    /// Lets those go on who wait for what this brings.
    private func land() {
        if let flight = visit.flight { flights.land(flight) }
    }

    private enum Progress {
        case partial, whole, failed
    }

    /// Returns when all is stored, where this was the last of it: who has the last byte shall find it here.
    func write(_ chunk: ByteBuffer) async {
        let progress = incoming.withLock { incoming -> Progress in
            guard let body = incoming else { return .partial }
            guard body.length + Int64(chunk.readableBytes) <= store.largestBody else { return .failed }
            do {
                try body.write(chunk)
                return body.length == announced ? .whole : .partial
            } catch {
                store.complain("a body cannot be written", error)
                return .failed
            }
        }
        switch progress {
        case .partial: break
        case .whole: await finish()
        case .failed: abandon()
        }
    }

    private func abandon() {
        guard let incoming = take() else { return }
        incoming.discard()
        land()
    }

    private func take() -> sending IncomingBody? {
        incoming.withLock { incoming in
            let body = incoming
            incoming = nil
            return body
        }
    }

    private func keep() {
        guard let incoming = take() else { return }
        let task = work.begin {
            await self.keep(incoming)
            self.land()
        }
        keeping.withLock { $0 = task }
    }

    /// The body has come to its end; returns when it is stored.
    func finish() async {
        keep()
        await settle()
    }

    /// No more of the body comes; returns when it is stored, where it was whole.
    func giveUp() async {
        abandon()
        await settle()
    }

    private func settle() async {
        await keeping.withLock { $0 }?.value
    }

    private func keep(_ incoming: IncomingBody) async {
        let promised = Self.promised(response)
        guard announced == nil || announced == incoming.length, promised == nil || promised == incoming.length else {
            incoming.discard()
            return
        }
        let variant = CacheEntry.variant(of: visit.request.headers, chosenBy: response.fields)
        let entries = await store.entries(for: visit.key)
        let same = entries.filter { $0.variant == variant }
        var (kept, body) = (response, incoming)
        if case .part = response.extent, let old = same.first {
            guard let joined = await store.join(old, response, incoming) else {
                incoming.discard()
                return
            }
            (kept, body) = joined
        }
        let others = entries.filter { $0.variant != variant }.sorted { $0.id < $1.id }
        await store.keep(
            kept, body, key: visit.key, address: visit.request.address, variant: variant,
            requestedIn: visit.epoch, replacing: same + others.dropLast(Self.mostVariants - 1))
    }

    /// Of one URL: all of them are looked at for each request.
    private static let mostVariants = 64

    /// The bytes that a part says it has.
    private static func promised(_ response: StoredResponse) -> Int64? {
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
                await recording.write(chunk)
                return chunk
            } catch {
                await recording.giveUp()
                throw error
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), recording: recording)
    }
}
