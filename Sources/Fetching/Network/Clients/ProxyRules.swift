/// Which proxy a request goes through.
package struct ProxyRules: Hashable, Sendable {
    private let plain: Proxy?
    private let secure: Proxy?
    /// Hosts that are reached without.
    private let exceptions: [Exception]

    private enum Exception: Hashable, Sendable {
        case everything
        /// The name and all names below it, at one port or at any.
        case name(String, port: Int?)
        case block(IPPrefix)
    }

    package static let direct = ProxyRules(plain: nil, secure: nil)

    /// - Parameters:
    ///   - plain: for http.
    ///   - secure: for https.
    ///   - exceptions: names, `.example.org` for all below it, addresses, blocks, or `*`, separated by commas, as
    ///     `NO_PROXY` has them.
    package init(plain: Proxy?, secure: Proxy?, exceptions: String = "") {
        self.plain = plain
        self.secure = secure
        self.exceptions = exceptions.split { ",; ".contains($0) }.map { item in
            if item == "*" { return .everything }
            if let block = IPPrefix(parsing: item) { return .block(block) }
            var name = item.lowercased()
            var port: Int?
            if let colon = name.lastIndex(of: ":"), let number = Int(name[name.index(after: colon)...]) {
                port = number
                name = String(name[..<colon])
            }
            return .name(String(name.trimmingPrefix(#/\*?\./#)), port: port)
        }
    }

    func proxy(for address: WebAddress) -> Proxy? {
        guard let proxy = address.isSecure ? secure : plain else { return nil }
        return exceptions.contains { Self.holds($0, for: address) } ? nil : proxy
    }

    private static func holds(_ exception: Exception, for address: WebAddress) -> Bool {
        switch exception {
        case .everything: true
        case .name(let name, let port):
            (address.host == name || address.host.hasSuffix(".\(name)")) && (port ?? address.port) == address.port
        case .block(let block): HostResolver.literal(address.host).map(block.contains) ?? false
        }
    }

    /// Every proxy that is named.
    var proxies: Set<Proxy> { Set([plain, secure].compactMap(\.self)) }
}
