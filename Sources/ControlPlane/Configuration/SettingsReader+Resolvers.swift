import Harvesting

extension SettingsReader {
    /// The resolvers with where they are, what they are shown, and in which order they are asked.
    ///
    /// - Parameter contact: serves as mail address where it is one.
    func allResolvers(contact: String?) async throws -> Resolvers {
        let mail = contact.flatMap { $0.contains("@") && !$0.contains(":") ? $0 : nil }
        var credentials: [ResolverName: String] = [:]
        credentials[.openalex] = try await string(.openAlexAPIKey)
        credentials[.unpaywall] = try await string(.unpaywallEmail) ?? mail
        credentials[.crossref] = mail
        credentials[.core] = try await string(.coreAPIKey)
        credentials[.semanticScholar] = try await string(.semanticScholarAPIKey)
        var baseURLs: [ResolverName: String] = [:]
        for (name, setting) in Setting.serviceBaseURLs {
            baseURLs[name] = try await baseURL(setting) ?? setting.fallback
        }
        return Resolvers(at: baseURLs, credentials: credentials, order: try await order())
    }

    private func order() async throws -> ResolverOrder {
        var order = ResolverOrder.usual
        if let text = try await string(.resolvers) { order.names = try names(text, .resolvers) }
        guard let text = try await string(.cohorts) else { return order }
        var first: [ResolverOrder.Cohort: [ResolverName]] = [:]
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let cohort = ResolverOrder.Cohort(rawValue: String(parts[0])) else {
                throw refused(.cohorts, "must look like \(Setting.cohorts.fallback), not '\(text)'")
            }
            first[cohort, default: []] += try names(String(parts[1]), .cohorts)
        }
        order.first = first
        return order
    }

    private func names(_ text: String, _ setting: Setting) throws -> [ResolverName] {
        try text.split(separator: ",").map { part -> ResolverName in
            let word = String(part.filter { $0 != " " })
            guard let name = ResolverName(rawValue: word), ResolverName.choosable.contains(name) else {
                let known = ResolverName.choosable.map(\.rawValue)
                let meant = Spelling.nearest(to: word, in: known).map { "; did you mean '\($0)'?" } ?? ""
                throw refused(
                    setting, "'\(word)' is no resolver\(meant) (known: \(known.joined(separator: ", ")))")
            }
            return name
        }
    }
}
