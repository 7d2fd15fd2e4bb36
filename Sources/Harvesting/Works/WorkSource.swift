package import Logging

/// Where a job's works come from, page by page.
package protocol WorkSource: Sendable {
    /// The page that follows `cursor`; the first page for `nil`.
    ///
    /// - Parameter logger: carries the job.
    /// - Throws: ``JobFailure`` when the source cannot be used; `CancellationError`.
    func page(after cursor: String?, logger: Logger) async throws -> WorksPage
}

package struct WorksPage: Hashable, Sendable {
    package let works: [Work]
    /// What the next call is given; `nil` after the last page.
    package let next: String?
}

/// Why a job ended without finishing; the reason is shared by logs, metrics and answers.
package struct JobFailure: Error, Hashable, Sendable {
    package let reason: String
    package let detail: String

    package init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
