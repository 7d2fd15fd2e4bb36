/// The rates one host, or every host (`*`), keeps for one role or for all requests together.
package struct LimitRule: Sendable, Equatable {
    let key: LimitKey
    let rates: [UpstreamRate]

    /// Reads `HOST[:ROLE]=RATE[,RATE...]`.
    package init(parsing text: String) throws {
        guard let equals = text.firstIndex(of: "=") else {
            throw ArgumentProblem("'\(text)' has no '='; write HOST[:ROLE]=RATE[,RATE...]")
        }
        let subject = text[..<equals].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = subject.first, !host.isEmpty else {
            throw ArgumentProblem("'\(text)' names no host; use '*' for every host")
        }
        var role: RequestRole?
        if subject.count == 2 {
            role = RequestRole(rawValue: subject[1].lowercased())
            guard role != nil else {
                throw ArgumentProblem("'\(subject[1])' is not a role; use metadata, landing or artifact")
            }
        }
        key = LimitKey(host: host.lowercased(), role: role)
        rates = try text[text.index(after: equals)...]
            .split(separator: ",", omittingEmptySubsequences: false)
            .map { try UpstreamRate(parsing: $0) }
    }
}
