import Foundation
import RateLimiting

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
        guard let separator = text.firstRange(of: "://"), !text.contains("#"),
            ["redis", "rediss"].contains(text[..<separator.lowerBound])
        else { throw InvalidAddress(Self.form) }
        let rest = text[separator.upperBound...]
        guard !rest.contains("?") else { throw InvalidAddress("takes no query") }
        let authority = rest.prefix { $0 != "/" }
        let path = rest[authority.endIndex...].drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw InvalidAddress("has something else where the number of a database belongs; it \(Self.form)")
        }
        self.database = database
        isSecure = text[..<separator.lowerBound] == "rediss"
        var hosts = authority
        if let at = authority.lastIndex(of: "@") {
            hosts = authority[authority.index(after: at)...]
            let name = authority[..<at].prefix { $0 != ":" }
            user = name.isEmpty ? nil : try Self.decoded(name)
            password = name.endIndex < at ? try Self.decoded(authority[name.endIndex..<at].dropFirst()) : nil
        } else {
            (user, password) = (nil, nil)
        }
        var servers: [RedisNode] = []
        for host in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            guard let server = RedisNode(parsing: host) else { throw InvalidAddress(Self.form) }
            servers.append(server)
        }
        self.servers = servers
    }

    private static let form = "must look like redis://user:password@host:6379/0, or rediss:// for TLS"

    private static func decoded(_ text: Substring) throws(InvalidAddress) -> String {
        guard let text = String(text).removingPercentEncoding else { throw InvalidAddress(form) }
        return text
    }
}

/// One Redis among several.
struct RedisNode: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int

    /// `nil` for a port that is none: what a server says of others is not to be trusted with a process.
    init?(host: String, port: Int64) {
        guard (1...65535).contains(port), !host.isEmpty else { return nil }
        self.host = host
        self.port = Int(port)
    }

    /// Reads `host`, `host:port`, and `[::1]:port`.
    init?(parsing text: Substring) {
        let isBracketed = text.first == "["
        let name = isBracketed ? text.dropFirst().prefix { $0 != "]" } : text.prefix { $0 != ":" }
        let rest = text[name.endIndex...].dropFirst(isBracketed ? 1 : 0)
        guard !isBracketed || name.endIndex < text.endIndex else { return nil }
        guard HostName.normalized(String(name)) != nil, rest.isEmpty || rest.first == ":" else { return nil }
        let digits = rest.dropFirst()
        guard let port = digits.isEmpty ? 6379 : UInt16(digits) else { return nil }
        self.init(host: String(name), port: Int64(port))
    }

    var description: String { "\(host):\(port)" }
}

/// Why a text is no address of a database.
package struct InvalidAddress: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
