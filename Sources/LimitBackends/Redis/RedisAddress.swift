import Foundation

/// Where a Redis is and how to come in: `redis://[user[:password]@]host[:port][/database]`, `rediss://` for TLS.
package struct RedisAddress: Sendable {
    let host: String
    let port: Int
    let isSecure: Bool
    let user: String?
    let password: String?
    let database: Int

    /// - Throws: ``InvalidAddress``, which does not repeat the text: it may carry a password.
    package init(parsing text: String) throws(InvalidAddress) {
        guard let url = URLComponents(string: text), url.scheme == "redis" || url.scheme == "rediss",
            let host = url.host, !host.isEmpty
        else { throw InvalidAddress("must look like redis://user:password@host:6379/0, or rediss:// for TLS") }
        guard url.query == nil, url.fragment == nil else { throw InvalidAddress("takes no query") }
        let path = url.path.drop { $0 == "/" }
        guard path.isEmpty || Int(path) != nil, let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw InvalidAddress("has '/\(path)' where the number of a database belongs")
        }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = url.port ?? 6379
        isSecure = url.scheme == "rediss"
        user = url.user.flatMap { $0.isEmpty ? nil : $0 }
        password = url.password
        self.database = database
    }
}

/// Why a text is no address of a database.
package struct InvalidAddress: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
