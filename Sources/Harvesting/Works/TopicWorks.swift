/// Works about a topic: one of OpenAlex's own, or whatever matches a text.
struct TopicWorks: WorkSource {
    let openAlex: OpenAlexClient
    let query: OpenAlexQuery

    func page(after cursor: String?, for inquiry: Inquiry) async throws -> WorksPage {
        try await openAlex.works(query, cursor: cursor, for: inquiry)
    }
}
