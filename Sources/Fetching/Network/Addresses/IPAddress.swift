import NIOCore

/// An address as its bytes: 4 or 16 of them.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// Reads an address as it stands in a URL, without brackets; `nil` for a name.
    init?(parsing text: some StringProtocol) {
        guard let address = try? SocketAddress(ipAddress: String(text), port: 0) else { return nil }
        self.init(address)
    }

    /// `nil` for what is no IP socket.
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let socket):
            // After family and port.
            bytes = withUnsafeBytes(of: socket.address) { Array($0[4..<8]) }
        case .v6(let socket):
            // After family, port and flow label.
            bytes = withUnsafeBytes(of: socket.address) { Array($0[8..<24]) }
        case .unixDomainSocket:
            return nil
        }
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The IPv4 address inside an IPv6 one that only carries it (mapped, NAT64, 6to4): where packets really go.
    var carried: IPAddress? {
        guard bytes.count == 16 else { return nil }
        if IPPrefix.mapped.contains(self) || IPPrefix.nat64.contains(self) {
            return IPAddress(bytes: Array(bytes[12...]))
        }
        if IPPrefix.sixToFour.contains(self) { return IPAddress(bytes: Array(bytes[2..<6])) }
        return nil
    }

    /// Whether it is an address of the public internet (the IANA special-purpose registries of RFC 6890 list the others).
    var isPublic: Bool {
        if let carried { return carried.isPublic }
        return !IPPrefix.special.contains { $0.contains(self) }
    }
}
