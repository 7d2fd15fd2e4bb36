/// A topic of a work.
struct Topic: Sendable, Hashable {
    /// `T…`.
    let id: String
    let url: String
    let name: String
}
