import Fetching
package import HTTPTypes

/// Where a resolver's service is, and what it wants to be shown.
package struct ResolverService: Sendable {
    package enum Credential: Sendable {
        /// An item of the query.
        case parameter(String, String)
        case field(HTTPField.Name, String)
    }

    let resolver: any Resolver
    /// Without a trailing slash.
    let baseURL: String
    private let credential: Credential?

    package init(_ resolver: any Resolver, baseURL: String, credential: Credential? = nil) {
        self.resolver = resolver
        self.baseURL = baseURL
        self.credential = credential
    }

    /// The address of a question without the credential: as it is recorded.
    func address(of lookup: Lookup) throws(FetchError) -> WebAddress {
        try WebAddress(parsing: baseURL + lookup.target)
    }

    /// The request for a question, credential included.
    func request(for lookup: Lookup) throws(FetchError) -> FetchRequest {
        var target = lookup.target
        var headers: HTTPFields = [:]
        switch credential {
        case .parameter(let name, let value):
            target += "\(target.contains("?") ? "&" : "?")\(name)=\(PercentEncoding.encoded(value))"
        case .field(let name, let value):
            headers[name] = value
        case nil: break
        }
        return FetchRequest(
            try WebAddress(parsing: baseURL + target), role: .metadata, headers: headers,
            maximumBodyBytes: 8 << 20, timeout: .seconds(30), maximumLimiterWait: .milliseconds(250),
            client: "harvest")
    }
}
