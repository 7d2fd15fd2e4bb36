/// Names a lease: which limiter gave it, and its number there.
///
/// The nonce tells ids of an earlier process from ended ones; the number tells ids that were never given.
package struct LeaseID: Hashable, Sendable {
    let nonce: UInt64
    let number: UInt64
}

extension LeaseID: LosslessStringConvertible {
    package init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 16, parts[1].utf8.count <= 13,
            let nonce = UInt64(parts[0], radix: 16), let number = UInt64(parts[1], radix: 36)
        else { return nil }
        self.init(nonce: nonce, number: number)
    }

    package var description: String {
        let digits = String(nonce, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits + "-" + String(number, radix: 36)
    }
}

/// The right to be in flight on some keys.
struct Lease: Sendable {
    let claims: [AcquireRequest.Claim]
    /// The claims that took units, which can be given back.
    let taken: [AcquireRequest.Claim]
    let start: Timestamp
    let expires: Timestamp
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
