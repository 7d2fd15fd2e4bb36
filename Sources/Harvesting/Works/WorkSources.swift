/// Where works may come from, and which of these a job asks for.
package struct WorkSources: Sendable {
    private let openAlex: OpenAlexClient
    private let doiResolverURL: String

    /// - Parameter doiResolverURL: where DOIs resolve, without a trailing slash.
    package init(openAlex: OpenAlexClient, doiResolverURL: String) {
        self.openAlex = openAlex
        self.doiResolverURL = doiResolverURL
    }

    func source(for job: Job, in manifest: Manifest) -> any WorkSource {
        let request = job.request
        if let name = request.topic, request.resolveTopic == true {
            return NamedTopicWorks(
                openAlex: openAlex, name: name, years: request.yearRange, isOpenOnly: request.oaOnly == true)
        }
        let subject = request.topicID.map(OpenAlexQuery.Subject.topic) ?? request.topic.map(OpenAlexQuery.Subject.text)
        if let subject {
            return TopicWorks(
                openAlex: openAlex,
                query: OpenAlexQuery(subject: subject, years: request.yearRange, isOpenOnly: request.oaOnly == true))
        }
        return GivenWorks(openAlex: openAlex, doiResolverURL: doiResolverURL, manifest: manifest, job: job.id)
    }
}
