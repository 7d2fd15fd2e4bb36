import Foundation
import Harvesting
import NIOCore

/// A job's manifest as text, a few works at a time: for each settled work its attempts, then the work.
struct ManifestExport: AsyncSequence, Sendable {
    enum Format: Sendable {
        case jsonLines
        case csv

        var mediaType: String {
            switch self {
            case .jsonLines: "application/jsonl"
            case .csv: "text/csv; charset=utf-8; header=present"
            }
        }
    }

    let manifest: Manifest
    let job: String
    var format = Format.jsonLines

    private static let pageSize = 200

    struct AsyncIterator: AsyncIteratorProtocol {
        let export: ManifestExport
        var after: Int?
        var isAtStart = true
        var isAtEnd = false

        mutating func next() async throws -> ByteBuffer? {
            guard !isAtEnd else { return nil }
            let page = try await export.manifest.works(of: export.job, after: after, limit: pageSize)
            let attempts = try await export.manifest.attempts(at: page.works.map(\.workID), of: export.job)
            let attemptsByWork = Dictionary(grouping: attempts, by: \.workID)
            after = page.next
            isAtEnd = page.next == nil
            var text = ByteBuffer()
            if isAtStart, case .csv = export.format { text.writeString(ManifestTable.head) }
            isAtStart = false
            for work in page.works {
                for line in (attemptsByWork[work.workID] ?? []) + [work] { try export.write(line, to: &text) }
            }
            return text
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(export: self)
    }

    private func write(_ line: ManifestLine, to text: inout ByteBuffer) throws {
        switch format {
        case .jsonLines:
            text.writeBytes(try JSON.encoder.encode(line))
            text.writeInteger(UInt8(ascii: "\n"))
        case .csv:
            text.writeString(ManifestTable.row(line))
        }
    }
}
