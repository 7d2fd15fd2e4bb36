/// Which addresses may be connected to: those of the public internet, and what an operator adds.
package struct AllowedAddresses: Hashable, Sendable {
    private let additions: [IPPrefix]

    /// The public internet only.
    package static let publicOnly = AllowedAddresses(additions: [])

    private init(additions: [IPPrefix]) {
        self.additions = additions
    }

    /// - Parameter additions: addresses and blocks, such as `10.1.2.3` or `192.168.0.0/16`.
    /// - Throws: ``Unreadable`` for the first that is neither.
    package init(adding additions: [some StringProtocol]) throws(Unreadable) {
        var prefixes: [IPPrefix] = []
        for addition in additions {
            guard let prefix = IPPrefix(parsing: addition) else { throw Unreadable(text: String(addition)) }
            prefixes.append(prefix)
        }
        self.init(additions: prefixes)
    }

    package struct Unreadable: Error, Hashable {
        package let text: String
    }

    func allows(_ address: IPAddress) -> Bool {
        address.isPublic
            || additions.contains { prefix in
                prefix.contains(address) || address.carried.map(prefix.contains) ?? false
            }
    }
}
