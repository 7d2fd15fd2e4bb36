import Logging

/// Works of a topic that OpenAlex finds by its name. Its id is found once and goes into the cursor.
struct NamedTopicWorks: WorkSource {
    let openAlex: OpenAlexClient
    let name: String
    let years: ClosedRange<Int>?
    let isOpenOnly: Bool

    func page(after cursor: String?, logger: Logger) async throws -> WorksPage {
        let parts = cursor?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
        let id: String
        if let known = parts.first {
            id = known
        } else {
            guard let found = try await openAlex.topic(named: name, logger: logger) else {
                throw JobFailure(reason: "topic_unknown", detail: "OpenAlex knows no topic like '\(name)'")
            }
            id = found
            logger.info("topic found", metadata: ["stage": "works", "topic": "\(id)"])
        }
        let query = OpenAlexQuery(subject: .topic(id), years: years, isOpenOnly: isOpenOnly)
        let page = try await openAlex.works(query, cursor: parts.dropFirst().first, logger: logger)
        return WorksPage(works: page.works, next: page.next.map { "\(id) \($0)" })
    }
}
