/// A part of a source's works.
package struct WorksPage: Hashable, Sendable {
    package let works: [Work]
    /// What the next call is given; `nil` after the last page.
    package let next: String?
}
