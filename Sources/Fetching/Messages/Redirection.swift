package import HTTPTypes

/// Where a response sends its client (RFC 9110, section 15.4).
package enum Redirection {
    private static let statuses: Set<Int> = [301, 302, 303, 307, 308]

    /// The next address, or `nil` when the response is no redirect.
    ///
    /// - Throws: ``FetchError/invalidURL(_:)`` when it is one that leads nowhere.
    package static func target(
        status: HTTPResponse.Status, location: String?, from address: WebAddress
    ) throws(FetchError) -> WebAddress? {
        guard statuses.contains(status.code) else { return nil }
        guard let location else { throw .invalidURL("was redirected without a Location") }
        return try address.resolving(location)
    }

    /// The fields that go on to the address that a redirect leads to.
    static func headers(_ headers: HTTPFields, from: WebAddress, to: WebAddress) -> HTTPFields {
        guard from.origin != to.origin else { return headers }
        return HTTPFields(headers.filter(\.name.isImpersonal))
    }
}
