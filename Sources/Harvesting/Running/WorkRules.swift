/// What a job says about each of its works.
struct WorkRules: Codable, Hashable, Sendable {
    /// Where the way of a work begins to cost something, it ends with what would have been fetched.
    var isDryRun = false
    /// Works are only listed.
    var isListOnly = false
    /// Whether works that their source calls closed are looked for all the same.
    var seeksClosed = false
    /// Requests that one work may cost.
    var requestBudget = 20
    /// Time that the requests for one work may take, without the waiting between them.
    static let timeBudget = Duration.seconds(120)
    static let maximumRedirects = 10
    static let triesPerAddress = 3
}
