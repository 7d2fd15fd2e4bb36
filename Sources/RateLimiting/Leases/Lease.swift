/// The right to be in flight on some keys.
struct Lease: Sendable {
    let number: UInt64
    var holdings: NonEmpty<Holding>
    /// When its holder may start.
    let start: Timestamp
    var expires: Timestamp
    /// Who holds it, as it called itself.
    let client: String?
}

/// What a claim has taken.
struct Holding: Sendable {
    /// Where its key is in the key table.
    let key: Int
    let weight: Int
    /// The time under which the units stand in the key's log; `nil` where none were taken.
    let entry: Timestamp?
    /// Where the lease is in the key's list.
    var seat = 0
}

/// What became of a release.
package enum ReleaseResult: Hashable, Sendable {
    case released
    /// Release is idempotent: the same answer as the first, for as long as the limiter remembers.
    case alreadyReleased
    /// Its holder kept it too long; the slots are free since its expiry.
    case expired
    /// This limiter never gave such a lease.
    case unknown
}

/// What became of a renewal.
package enum RenewResult: Hashable, Sendable {
    case renewed(expires: Timestamp)
    case alreadyReleased
    case expired
    case unknown
}

extension Lease: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(number)
        bytes.write(holdings)
        bytes.write(start)
        bytes.write(expires)
        bytes.write(client)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            number: try bytes.read(), holdings: try bytes.read(), start: try bytes.read(),
            expires: try bytes.read(), client: try bytes.read())
    }
}

extension Holding: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(key)
        bytes.write(weight)
        bytes.write(entry)
        bytes.write(seat)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            key: try bytes.read(), weight: try bytes.readAmount(), entry: try bytes.read(), seat: try bytes.read())
    }
}
