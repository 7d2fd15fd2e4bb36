import NIOCore

/// Keeps requests from addresses inside the machine and the private network (server-side request forgery).
///
/// A host is looked up before it is connected to, and every address that it has must be allowed. The connection looks it
/// up a second time, and a name server could answer differently by then (rebinding): so the address that a connection in
/// fact leads to is checked again before the first byte is sent.
package struct AddressGuard: Sendable {
    private let allowed: AllowedAddresses
    private let trusted: String?
    private let resolver = HostResolver()

    /// - Parameter trusted: a host that was chosen by whoever runs the process, and with it the addresses that it has.
    package init(_ allowed: AllowedAddresses, trusting trusted: String? = nil) {
        self.allowed = allowed
        self.trusted = trusted
    }

    /// - Parameter looksUp: `false` behind a proxy, which is the one who looks names up.
    /// - Throws: ``FetchError/blockedAddress(_:)``, ``FetchError/connectError(_:)``.
    func check(host: String, looksUp: Bool) async throws {
        if host == trusted { return }
        if let address = HostResolver.literal(host) {
            guard allowed.allows(address) else { throw Self.blocked(host) }
        } else if looksUp {
            guard try await resolver.addresses(of: host).allSatisfy(allowed.allows) else { throw Self.blocked(host) }
        } else if host == "localhost" || host.hasSuffix(".localhost") {
            // These mean the proxy's own machine (RFC 6761, section 6.3).
            throw Self.blocked(host)
        }
    }

    /// Fails for a connection that leads where none may lead, and closes it; nothing has been sent by then.
    func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let address = channel.remoteAddress.flatMap(IPAddress.init), !allowed.allows(address) else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        return channel.eventLoop.makeFutureWithTask {
            guard let trusted, try await resolver.addresses(of: trusted).contains(address) else {
                throw Self.blocked("\(address)")
            }
        }.flatMapErrorThrowing { error in
            // The pool must have heard of the failure before the connection ends.
            channel.eventLoop.scheduleTask(in: .milliseconds(100)) { channel.close(promise: nil) }
            throw error
        }
    }

    private static func blocked(_ host: String) -> FetchError {
        .blockedAddress("\(host) is not on the public internet; the setting allowed_addresses could permit it")
    }
}
