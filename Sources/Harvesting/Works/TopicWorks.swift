import Logging

/// Works that match a text.
struct TopicWorks: WorkSource {
    let openAlex: OpenAlexClient
    let topic: String
    let years: ClosedRange<Int>?

    func page(after cursor: String?, logger: Logger) async throws -> WorksPage {
        try await openAlex.works(matching: topic, years: years, cursor: cursor, logger: logger)
    }
}
