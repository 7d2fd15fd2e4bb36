/// A claim of a request, and the key that it was found to be about.
struct ResolvedClaim: Sendable {
    /// Where the key is in the key table.
    let slot: Int
    /// Units that it takes where they are counted.
    let weight: Int
    /// Which of the request's claims it is.
    let origin: Int
}
