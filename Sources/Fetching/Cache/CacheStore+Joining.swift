import Foundation
import HTTPCaching
import NIOCore
import NIOPosix

extension CacheStore {
    /// A part and what is stored of the same representation, as one (RFC 9111, section 3.4).
    ///
    /// - Returns: the part alone where they do not fit; `nil` where nothing new came, or the joining failed.
    func join(
        _ old: CacheEntry, _ part: StoredResponse, _ incoming: IncomingBody
    ) async -> (StoredResponse, IncomingBody)? {
        guard let extent = old.response.joined(with: part) else {
            // Another part of what is whole, or of something newer: the newer counts.
            return (part, incoming)
        }
        guard case .part(let new, _) = part.extent, case .part(let held, let length) = old.response.extent else {
            return nil
        }
        guard let bytes = await body(of: old) else { return (part, incoming) }
        do {
            let joined = try bodies.receive()
            do {
                var iterator = bytes.makeAsyncIterator()
                var position = held.lowerBound
                // Before the new part.
                while position < new.lowerBound, let chunk = try await iterator.next() {
                    let wanted = min(Int64(chunk.readableBytes), new.lowerBound - position)
                    try joined.write(chunk.getSlice(at: chunk.readerIndex, length: Int(wanted)) ?? chunk)
                    position += Int64(chunk.readableBytes)
                }
                try incoming.copy(to: joined)
                if held.upperBound > new.upperBound,
                    let rest = await body(of: old, new.upperBound - held.lowerBound..<held.upperBound - held.lowerBound)
                {
                    for try await chunk in rest { try joined.write(chunk) }
                }
                guard joined.length == (extent == .complete ? length : extent.count) else {
                    joined.discard()
                    return (part, incoming)
                }
            } catch {
                joined.discard()
                throw error
            }
            incoming.discard()
            return (old.response.grown(by: part, to: extent), joined)
        } catch {
            complain("parts cannot be joined", error)
            return nil
        }
    }
}

extension StoredResponse.Extent {
    fileprivate var count: Int64 {
        switch self {
        case .complete: 0
        case .part(let range, _): Int64(range.count)
        }
    }
}
