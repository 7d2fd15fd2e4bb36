/// Over how many logs limits are spread, and which of them a limiter follows.
package struct Spread: Hashable, Sendable {
    /// Logs that hosts are spread over; 1 where a single one has them all.
    let count: Int
    /// Of the log, below ``count``.
    let part: Int

    static let none = Spread(count: 1, part: 0)

    /// One byte of a lease's name says which part gave it.
    static let mostParts = 256

    /// The part that has a host: the same for every instance (FNV-1a of 64 bits, folded; Fowler,
    /// Noll and Vo).
    static func part(of host: String, among count: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in host.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int((hash ^ hash >> 32) % UInt64(count))
    }

    /// A number of its own for a limiter, from which its leases are known to be of this part.
    var nonce: UInt64 { .random(in: .min ... .max) & ~0xff | UInt64(part) }
}

extension LeaseID {
    /// Which part gave it.
    var part: Int { Int(nonce & 0xff) }
}

extension LimitTable {
    /// The table of one of `count` parts. Together they let no more be in flight than the whole allows.
    func part(of count: Int) -> LimitTable {
        var part = document
        part.globalMaxInflight = document.globalMaxInflight / count
        return LimitTable(version: version, document: part, annotation: annotation)
    }
}
