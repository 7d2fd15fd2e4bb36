import Foundation

/// Where a Redis is and how to come in: `redis://[user[:password]@]host[:port][,host[:port]…][/database]`, `rediss://` for
/// TLS. Several hosts are those of a cluster, or of a primary and its replicas.
package struct RedisAddress: Sendable {
    let servers: [RedisNode]
    let isSecure: Bool
    let user: String?
    let password: String?
    let database: Int

    /// - Throws: ``InvalidAddress``, which does not repeat the text: it may carry a password.
    package init(parsing text: String) throws(InvalidAddress) {
        let form = "must look like redis://user:password@host:6379/0, or rediss:// for TLS"
        guard let end = text.range(of: "://")?.upperBound else { throw InvalidAddress(form) }
        let authority = text[end...].prefix { $0 != "/" }
        let start = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        let hosts = authority[start...].split(separator: ",", omittingEmptySubsequences: false)
        // With one host it is a URL as the standard has it.
        let first = text[..<(hosts.first ?? authority).endIndex] + text[authority.endIndex...]
        guard let url = URLComponents(string: String(first)), url.scheme == "redis" || url.scheme == "rediss" else {
            throw InvalidAddress(form)
        }
        guard url.query == nil, url.fragment == nil else { throw InvalidAddress("takes no query") }
        let path = url.path.drop { $0 == "/" }
        guard path.isEmpty || Int(path) != nil, let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw InvalidAddress("has something else where the number of a database belongs; \(form)")
        }
        var servers: [RedisNode] = []
        for host in hosts {
            guard let url = URLComponents(string: "redis://\(host)"), let name = url.host, !name.isEmpty,
                let port = UInt16(exactly: url.port ?? 6379)
            else {
                throw InvalidAddress(form)
            }
            servers.append(RedisNode(host: name.trimmingCharacters(in: ["[", "]"]), port: Int(port)))
        }
        self.servers = servers
        isSecure = url.scheme == "rediss"
        user = url.user.flatMap { $0.isEmpty ? nil : $0 }
        password = url.password
        self.database = database
    }
}

/// One Redis among several.
struct RedisNode: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int

    var description: String { "\(host):\(port)" }
}

/// Why a text is no address of a database.
package struct InvalidAddress: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
