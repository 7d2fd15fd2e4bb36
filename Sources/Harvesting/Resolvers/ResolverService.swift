import Fetching
import HTTPTypes

/// Where a resolver's service is, and what it is shown.
struct ResolverService: Sendable {
    let resolver: any Resolver
    /// Without a trailing slash.
    let baseURL: String
    let credential: Credential?

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
