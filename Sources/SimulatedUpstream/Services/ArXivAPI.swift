import HTTPTypes

/// Answers as export.arxiv.org does.
struct ArXivAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard request.path == "/api/query", let ids = request.item("id_list") else { return .notFound }
        let entries = ids.split(separator: ",").compactMap { id in
            catalog.deposit(doi: "10.48550/arxiv.\(id)", in: .arxiv).map { Self.entry($0.work, $0.deposit) }
        }
        let feed = #"""
            <?xml version="1.0" encoding="UTF-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom">
            <title type="html">ArXiv Query: id_list=\#(HTMLText.escape(ids))</title>
            \#(entries.joined(separator: "\n"))
            </feed>

            """#
        var answer = Answer.plain(.ok, feed)
        answer.headers[.contentType] = "application/atom+xml; charset=utf-8"
        return answer
    }

    private static func entry(_ work: Work, _ deposit: Deposit) -> String {
        #"""
        <entry>
        <id>http://arxiv.org/abs/\#(deposit.id)v1</id>
        <title>\#(HTMLText.escape(work.title ?? "Untitled"))</title>
        <link href="http://arxiv.org/abs/\#(deposit.id)v1" rel="alternate" type="text/html"/>
        <link title="pdf" href="\#(HTMLText.escape(deposit.url))" rel="related" type="application/pdf"/>
        </entry>
        """#
    }
}
