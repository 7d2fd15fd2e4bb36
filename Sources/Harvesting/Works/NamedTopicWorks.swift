import Logging

/// Works of a topic that OpenAlex finds by its name. Its id is found once and goes into the cursor.
struct NamedTopicWorks: WorkSource {
    let openAlex: OpenAlexClient
    let name: String
    let years: ClosedRange<Int>?
    let isOpenOnly: Bool

    func page(after cursor: String?, for inquiry: Inquiry) async throws -> WorksPage {
        let parts = cursor?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
        let id: String
        if let known = parts.first {
            id = known
        } else {
            guard let found = try await openAlex.topic(named: name, for: inquiry) else {
                throw JobFailure(reason: "topic_unknown", detail: "OpenAlex knows no topic like '\(name)'")
            }
            id = found
            inquiry.logger.info("topic found", metadata: ["stage": "works", "topic": "\(id)"])
        }
        let query = OpenAlexQuery(subject: .topic(id), years: years, isOpenOnly: isOpenOnly)
        let page = try await openAlex.works(query, cursor: parts.dropFirst().first, for: inquiry)
        return WorksPage(works: page.works, next: page.next.map { "\(id) \($0)" })
    }
}
