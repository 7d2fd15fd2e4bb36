/// A block of addresses, such as `10.0.0.0/8`.
struct IPPrefix: Hashable, Sendable {
    private let bytes: [UInt8]
    private let length: Int

    /// Reads `ADDRESS/LENGTH`, or one address.
    init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(parsing: first) else { return nil }
        bytes = address.bytes
        guard parts.count == 2 else {
            length = bytes.count * 8
            return
        }
        guard let length = UInt8(parts[1]), Int(length) <= bytes.count * 8 else { return nil }
        self.length = Int(length)
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        let whole = length / 8
        guard address.bytes.prefix(whole) == bytes.prefix(whole) else { return false }
        let rest = length % 8
        guard rest > 0 else { return true }
        let mask = ~(UInt8.max >> UInt8(rest))
        return address.bytes[whole] & mask == bytes[whole] & mask
    }

    static let mapped = IPPrefix([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0], 96)
    static let nat64 = IPPrefix([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 96)
    static let sixToFour = IPPrefix([0x20, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16)

    private init(_ bytes: [UInt8], _ length: Int) {
        self.bytes = bytes
        self.length = length
    }

    /// Nothing there belongs to the public internet.
    static let special: [IPPrefix] = [
        // This network, private use, shared address space, loopback, link local (and metadata services).
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16",
        // Protocol assignments, documentation, benchmarking, multicast, reserved and broadcast.
        "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4",
        // Unspecified, loopback, IPv4-compatible and -translated, local NAT64; discard, protocol assignments (Teredo),
        // documentation.
        "::/8", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        // Unique local, link local, site local, multicast.
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { IPPrefix(parsing: $0) }
}
