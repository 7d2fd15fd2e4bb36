/// What is behind a URL. `work` is a number in the catalog.
enum Resource: Sendable, Equatable {
    /// A PDF, under the address it is best known by.
    case pdf(work: Int, url: String)
    case landing(work: Int)
    /// A login page where a file was promised.
    case paywall(work: Int)
    /// Nothing, though a record names it.
    case gone
    case moved(to: String)
    /// A DOI that leads on to this address.
    case doi(to: String)
}
