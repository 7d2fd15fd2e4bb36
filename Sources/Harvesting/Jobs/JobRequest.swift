import Crypto
import Fetching
import Foundation

/// What a job is to harvest, as `POST /v1/jobs` and the command line state it. Exactly one of `topic`, `topic_id`,
/// `dois`, `urls` and `works`.
package struct JobRequest: Codable, Hashable, Sendable {
    /// Free text to search works for.
    package var topic: String?
    /// Whether ``topic`` names one of OpenAlex's own topics, whose works are wanted, rather than words to search for.
    package var resolveTopic: Bool?
    /// A topic of OpenAlex, such as `T10325`.
    package var topicID: String?
    package var dois: [String]?
    package var urls: [String]?
    /// Works as the user knows them.
    package var works: [GivenWork]?
    /// How many works were given; said by the service only.
    package private(set) var given: Int?
    /// First year of publication; topics only.
    package var yearStart: Int?
    /// Last year of publication; topics only.
    package var yearEnd: Int?
    /// `true`: only works that OpenAlex calls open are listed (topics only); `false`: closed ones are looked for as well;
    /// without it closed ones are listed, and skipped.
    package var oaOnly: Bool?
    /// Works at most.
    package var max: Int?
    /// Requests under way at once.
    package var workers: Int?
    /// Resolvers to ask, in this order, and no others.
    package var resolvers: [ResolverName]?
    /// Resolvers that come first for works of a kind; without it those of the settings.
    package var cohorts: [ResolverOrder.Cohort: [ResolverName]]?
    /// Keys and mail addresses for resolvers, and for the listing at OpenAlex, instead of those of the settings; never
    /// shown again.
    package var credentials: [ResolverName: String]?
    /// Requests that one work may cost.
    package var attemptsPerWork: Int?
    /// Bytes of files after which no more is begun.
    package var maxBytes: Int?
    /// Seconds after its start after which no more is begun.
    package var maxSeconds: Int?
    /// Resolve and plan; download and store nothing.
    package var dryRun: Bool?
    /// List the works and what is known of them; ask nobody else.
    package var listOnly: Bool?
    /// Where to say that the job has ended.
    package var webhook: String?

    enum CodingKeys: String, CodingKey {
        case topic
        case resolveTopic = "resolve_topic"
        case topicID = "topic_id"
        case dois
        case urls
        case works
        case given
        case yearStart = "year_start"
        case yearEnd = "year_end"
        case oaOnly = "oa_only"
        case max
        case workers
        case resolvers
        case cohorts
        case credentials
        case attemptsPerWork = "attempts_per_work"
        case maxBytes = "max_bytes"
        case maxSeconds = "max_seconds"
        case dryRun = "dry_run"
        case listOnly = "list_only"
        case webhook
    }

    package init(
        topic: String? = nil, resolveTopic: Bool? = nil, topicID: String? = nil, dois: [String]? = nil,
        urls: [String]? = nil,
        works: [GivenWork]? = nil, yearStart: Int? = nil, yearEnd: Int? = nil, oaOnly: Bool? = nil,
        max: Int? = nil, workers: Int? = nil, resolvers: [ResolverName]? = nil,
        cohorts: [ResolverOrder.Cohort: [ResolverName]]? = nil, credentials: [ResolverName: String]? = nil,
        attemptsPerWork: Int? = nil, maxBytes: Int? = nil, maxSeconds: Int? = nil, dryRun: Bool? = nil,
        listOnly: Bool? = nil, webhook: String? = nil
    ) {
        self.topic = topic
        self.resolveTopic = resolveTopic
        self.topicID = topicID
        self.dois = dois
        self.urls = urls
        self.works = works
        self.yearStart = yearStart
        self.yearEnd = yearEnd
        self.oaOnly = oaOnly
        self.max = max
        self.workers = workers
        self.resolvers = resolvers
        self.cohorts = cohorts
        self.credentials = credentials
        self.attemptsPerWork = attemptsPerWork
        self.maxBytes = maxBytes
        self.maxSeconds = maxSeconds
        self.dryRun = dryRun
        self.listOnly = listOnly
        self.webhook = webhook
    }
}

extension JobRequest {
    /// The names of the fields that a user may state.
    package static let fields = [
        CodingKeys.topic, .resolveTopic, .topicID, .dois, .urls, .works, .yearStart, .yearEnd, .oaOnly, .max, .workers,
        .resolvers, .cohorts, .credentials, .attemptsPerWork, .maxBytes, .maxSeconds, .dryRun, .listOnly, .webhook,
    ].map(\.rawValue)

    /// Given works up to this many are shown with the job.
    private static let mostShown = 100

    /// All works that were given, their DOIs normalized.
    var givenWorks: [GivenWork] {
        let all = (dois ?? []).map { GivenWork(doi: $0) } + (urls ?? []).map { GivenWork(url: $0) } + (works ?? [])
        return all.map { work in
            var work = work
            work.doi = work.doi.flatMap(DOI.normalized)
            return work
        }
    }

    /// The request as the job shows it: without credentials, and long lists are only counted.
    var summary: JobRequest {
        var summary = withoutUsers
        summary.credentials = nil
        guard topic == nil, topicID == nil else { return summary }
        let count = givenWorks.count
        summary.given = count
        if count > Self.mostShown { (summary.dois, summary.urls, summary.works) = (nil, nil, nil) }
        return summary
    }

    /// The request with no user or password in its URLs, which earlier versions accepted.
    var withoutUsers: JobRequest {
        var request = self
        request.urls = urls?.map(WebAddress.withoutUser)
        request.works = works?.map { work in
            var work = work
            work.url = work.url.map(WebAddress.withoutUser)
            return work
        }
        request.webhook = webhook.map(WebAddress.withoutUser)
        return request
    }

    /// The same for requests that ask for the same.
    func digest() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return SHA256.hexadecimal(SHA256.hash(data: try encoder.encode(self)))
    }
}
