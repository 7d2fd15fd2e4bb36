/// Where works may come from, and which of these a job asks for.
package struct WorkSources: Sendable {
    private let openAlex: OpenAlexClient
    private let doiResolverURL: String

    /// - Parameter doiResolverURL: where DOIs resolve, without a trailing slash.
    package init(openAlex: OpenAlexClient, doiResolverURL: String) {
        self.openAlex = openAlex
        self.doiResolverURL = doiResolverURL
    }

    func source(for request: JobRequest) -> any WorkSource {
        if let topic = request.topic {
            TopicWorks(openAlex: openAlex, topic: topic, years: request.yearRange)
        } else if let dois = request.dois {
            DOIWorks(openAlex: openAlex, resolverURL: doiResolverURL, dois: dois)
        } else {
            URLWorks(urls: request.urls ?? [])
        }
    }
}
