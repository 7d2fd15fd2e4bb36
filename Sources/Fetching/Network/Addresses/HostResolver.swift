import NIOCore
import NIOPosix
import RateLimiting
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the addresses of hosts, and remembers for a short time what it found.
final class HostResolver: Sendable {
    private struct Known {
        let addresses: [IPAddress]
        let expires: ContinuousClock.Instant
    }

    private let known = Mutex<[String: Known]>([:])
    private static let mostKept = 10_000
    private static let lifetime = Duration.seconds(30)

    /// - Throws: ``FetchError/connectError(_:)`` when the name leads nowhere.
    func addresses(of host: String) async throws -> [IPAddress] {
        let now = ContinuousClock.now
        if let entry = known.withLock({ $0[host] }), entry.expires > now { return entry.addresses }
        let addresses = try await NIOThreadPool.singleton.runIfActive { try Self.lookUp(host, flags: 0) }
        known.withLock { known in
            if known.count >= Self.mostKept { known = known.filter { $0.value.expires > now } }
            if known.count < Self.mostKept {
                known[host] = Known(addresses: addresses, expires: now + Self.lifetime)
            }
        }
        return addresses
    }

    /// The address that a host spells out, in any of the ways that systems read (`127.1`, `0x7f000001`); `nil` for a name.
    static func literal(_ host: String) -> IPAddress? {
        try? lookUp(host, flags: AI_NUMERICHOST).first
    }

    /// Blocks until the system's resolver has answered, but not for literals.
    private static func lookUp(_ host: String, flags: Int32) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_family = AF_UNSPEC
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &first)
        guard status == 0, let first else {
            throw FetchError.connectError("\(host): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        for info in sequence(first: first, next: { $0.pointee.ai_next }) {
            guard let socket = info.pointee.ai_addr else { continue }
            let address: IPAddress? =
                switch info.pointee.ai_family {
                case AF_INET:
                    socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        IPAddress(SocketAddress($0.pointee, host: host))
                    }
                case AF_INET6:
                    socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        IPAddress(SocketAddress($0.pointee, host: host))
                    }
                default: nil
                }
            if let address, !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }
}
