import Foundation
import Harvesting
import NIOCore

/// A job's manifest as JSON lines, a few works at a time: for each settled work its attempts, then the work.
struct ManifestExport: AsyncSequence, Sendable {
    let manifest: Manifest
    let job: String

    private static let pageSize = 200

    struct AsyncIterator: AsyncIteratorProtocol {
        let manifest: Manifest
        let job: String
        var after: Int?
        var isAtEnd = false

        mutating func next() async throws -> ByteBuffer? {
            guard !isAtEnd else { return nil }
            let page = try await manifest.works(of: job, after: after, limit: pageSize)
            let attempts = try await manifest.attempts(at: page.works.map(\.workID), of: job)
            let attemptsByWork = Dictionary(grouping: attempts, by: \.workID)
            after = page.next
            isAtEnd = page.next == nil
            var lines = ByteBuffer()
            for work in page.works {
                for line in (attemptsByWork[work.workID] ?? []) + [work] {
                    lines.writeBytes(try JSON.encoder.encode(line))
                    lines.writeInteger(UInt8(ascii: "\n"))
                }
            }
            return lines
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(manifest: manifest, job: job)
    }
}
