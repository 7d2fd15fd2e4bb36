package import Logging

/// Where a job's works come from, page by page.
package protocol WorkSource: Sendable {
    /// The page that follows `cursor`; the first page for `nil`.
    ///
    /// - Parameter logger: carries the job.
    /// - Throws: ``JobFailure`` when the source cannot be used; `CancellationError`.
    func page(after cursor: String?, logger: Logger) async throws -> WorksPage
}
