package import HTTPTypes

/// What a service is shown by those who ask it.
package enum Credential: Hashable, Sendable {
    /// An item of the query.
    case parameter(String, String)
    case field(HTTPField.Name, String)
}

extension ResolverName {
    /// Those whose service takes a credential.
    package static let credentialed = allCases.filter { $0.credential("") != nil }

    /// How its service is shown a key, or the mail address of whoever asks; `nil` where it takes neither.
    func credential(_ value: String) -> Credential? {
        switch self {
        case .openalex: .parameter("api_key", value)
        case .unpaywall: .parameter("email", value)
        // It serves those better who say whom to write to.
        case .crossref: .parameter("mailto", value)
        case .core: .field(.authorization, "Bearer \(value)")
        case .semanticScholar: HTTPField.Name("x-api-key").map { .field($0, value) }
        default: nil
        }
    }

    /// What to do where it has no credential; `nil` where it is asked all the same.
    var remedy: String? {
        switch self {
        case .unpaywall:
            "needs a mail address: set contact or upstreams.unpaywall.email, or give the job credentials.unpaywall"
        case .core: "needs a key: set WEIR_UPSTREAMS_CORE_API_KEY, or give the job credentials.core"
        default: nil
        }
    }
}
