/// Names a lease: which limiter gave it, its number there, and where that limiter keeps it.
///
/// The nonce tells ids of an earlier process from ended ones; the number tells ids that were never given.
package struct LeaseID: Hashable, Sendable {
    let nonce: UInt64
    let number: UInt64
    let place: UInt32
}

extension LeaseID: Comparable {
    package static func < (left: LeaseID, right: LeaseID) -> Bool {
        (left.nonce, left.number, left.place) < (right.nonce, right.number, right.place)
    }
}

extension LeaseID: LosslessStringConvertible {
    package init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 16, parts[1].utf8.count <= 13, parts[2].utf8.count <= 7,
            let nonce = UInt64(parts[0], radix: 16), let number = UInt64(parts[1], radix: 36),
            let place = UInt32(parts[2], radix: 36)
        else { return nil }
        self.init(nonce: nonce, number: number, place: place)
    }

    package var description: String {
        let digits = String(nonce, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
            + "-\(String(number, radix: 36))-\(String(place, radix: 36))"
    }
}
