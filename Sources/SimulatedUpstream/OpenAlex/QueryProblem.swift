/// What is wrong with an API query, in the API's words.
struct QueryProblem: Error, Equatable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
