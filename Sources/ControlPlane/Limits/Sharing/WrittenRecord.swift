import Foundation
import RateLimiting

/// A version as instances tell it to each other: it travels with its table.
private struct WrittenRecord: Codable {
    let number: Int
    /// Microseconds since the Unix epoch.
    let at: Int64
    let source: String
    let by: String?
    let changes: [WrittenChange]
    let overlay: [StoredValue]
    let values: [StoredValue]
}

extension LimitsRecord {
    /// The table of this version, which carries the version itself.
    ///
    /// - Throws: what encoding throws.
    func table(_ document: LimitsDocument) throws -> LimitTable {
        let written = WrittenRecord(
            number: version.number, at: version.at.microseconds, source: version.cause.source.rawValue,
            by: version.cause.by, changes: version.changes, overlay: StoredValue.all(overlay),
            values: StoredValue.all(values))
        return LimitTable(
            version: version.number, document: document, annotation: Array(try JSON.encoder.encode(written)))
    }

    /// The version that a table carries.
    ///
    /// - Throws: ``JSONProblem`` for one that carries none.
    init(of table: LimitTable) throws {
        let written = try JSON.decode(WrittenRecord.self, from: table.annotation, within: .own)
        let cause = LimitsCause(source: LimitsCause.Source(rawValue: written.source) ?? .start, by: written.by)
        self.init(
            version: LimitsVersion(
                number: written.number, at: Timestamp(microseconds: written.at), cause: cause,
                changes: written.changes),
            overlay: StoredValue.overlay(written.overlay), values: StoredValue.values(written.values))
    }
}
