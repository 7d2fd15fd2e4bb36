/// Where a job's works come from, page by page.
protocol WorkSource: Sendable {
    /// The page that follows `cursor`; the first page for `nil`.
    ///
    /// - Throws: ``JobFailure`` when the source cannot be used; `CancellationError`.
    func page(after cursor: String?, for inquiry: Inquiry) async throws -> WorksPage
}
