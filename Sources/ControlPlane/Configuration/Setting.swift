import Harvesting

/// A setting of the process, declared once: the command line, the environment, the file and the README go by it.
package struct Setting: Sendable {
    /// In `config/weir.yaml`; dots separate sections.
    package let key: String
    /// On the command line; `nil` where there is none.
    package let flag: String?
    let variable: String
    /// What holds where nothing is said, in words.
    let fallback: String
    /// What it is, in a sentence without its end.
    let summary: String
    /// Never printed or logged.
    var isSecret = false
    /// The value of the limits document that this sets; such a setting does not stand in `config/weir.yaml`.
    var limit: LimitPath?

    private init(
        _ key: String, flag: String?, variable: String? = nil, default fallback: String = "", _ summary: String,
        isSecret: Bool = false, limit: LimitPath? = nil
    ) {
        self.key = key
        self.flag = flag
        self.variable = variable ?? "WEIR_" + key.uppercased().replacing(".", with: "_")
        self.fallback = fallback
        self.summary = summary
        self.isSecret = isSecret
        self.limit = limit
    }

    package static let host = Setting("host", flag: "--host", default: "127.0.0.1", "Address to listen on")
    package static let port = Setting(
        "port", flag: "--port", default: "8080", "Port to listen on; 0 is any free one")
    package static let data = Setting(
        "data", flag: "--data", default: "data", "Folder of all that is durable: manifest, artifacts, limits")
    package static let config = Setting(
        "config", flag: "--config", default: "config/weir.yaml where it exists", "File with these settings")
    package static let proxy = Setting(
        "proxy", flag: "--proxy", default: "what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say",
        "HTTP proxy for all upstream requests, such as http://127.0.0.1:8899")
    package static let trustedRoots = Setting(
        "trusted_roots", flag: "--trusted-roots", default: "those of the system only",
        "PEM file with certificate authorities to trust besides the system's")
    package static let allowedAddresses = Setting(
        "allowed_addresses", flag: "--allowed-addresses",
        "Addresses and blocks inside the private network that may be fetched from, such as 10.1.2.3,192.168.0.0/16")
    package static let fetchEnabled = Setting(
        "fetch_enabled", flag: "--fetch-enabled", default: "false",
        "Whether POST /v1/fetch fetches for clients; they need no credentials for it")
    package static let contact = Setting(
        "contact", flag: "--contact", "Mail address or URL that upstreams see in User-Agent")
    package static let openAlexBaseURL = Setting(
        "upstreams.openalex.base_url", flag: "--openalex-base-url", default: "https://api.openalex.org",
        "Where OpenAlex is")
    package static let openAlexAPIKey = Setting(
        "upstreams.openalex.api_key", flag: nil, "Key for OpenAlex; secret, so it has no flag", isSecret: true)
    package static let doiBaseURL = Setting(
        "upstreams.doi.base_url", flag: "--doi-base-url", default: "https://doi.org", "Where DOIs resolve")
    /// Where the services of resolvers are, by resolver.
    static let serviceBaseURLs: [ResolverName: Setting] = ResolverName.allCases.reduce(into: [:]) { settings, name in
        guard let url = name.publicBaseURL else { return }
        settings[name] = Setting(
            "upstreams.\(name.rawValue).base_url", flag: nil, default: url, "Where \(name.rawValue) is")
    }
    static let unpaywallEmail = Setting(
        "upstreams.unpaywall.email", flag: nil, default: "contact, where it is a mail address",
        "Mail address that Unpaywall asks for; without one it is not asked")
    static let coreAPIKey = Setting(
        "upstreams.core.api_key", flag: nil, "Key for CORE, which is not asked without one; secret", isSecret: true)
    static let semanticScholarAPIKey = Setting(
        "upstreams.semantic_scholar.api_key", flag: nil, "Key for Semantic Scholar; secret", isSecret: true)
    package static let resolvers = Setting(
        "resolvers", flag: "--resolvers", default: ResolverName.choosable.map(\.rawValue).joined(separator: ","),
        "Who is asked where files are, in this order; a job may say otherwise")
    package static let cohorts = Setting(
        "resolver_cohorts", flag: "--resolver-cohorts", default: "pmcid=europe_pmc,arxiv=arxiv",
        "Who is asked first about works in PubMed Central and on arXiv")
    static let webhookKey = Setting(
        "webhook_key", flag: nil, "What webhooks of jobs are signed with; without it jobs may have none; secret",
        isSecret: true)
    package static let retentionDays = Setting(
        "retention_days", flag: "--retention-days", default: "0, for ever",
        "Days after which ended jobs are deleted, with the files that no other job has")
    package static let logLevel = Setting(
        "log_level", flag: "--log-level", default: "info", "trace, debug, info, notice, warning or error")
    package static let limiterLogLevel = Setting(
        "limiter_log_level", flag: "--limiter-log-level", default: "that of log_level",
        "The same for the limiter's events; debug shows every decision")
    package static let rateConfig = Setting(
        "rate_config", flag: "--rate-config", variable: "DOCSTOKG_RLIMITS_YAML",
        default: "config/ratelimits.yaml where it exists", "The limits document; watched for changes")
    package static let cacheConfig = Setting(
        "cache_config", flag: "--cache-config",
        default: "config/cache.yaml where it exists, except for gateways",
        "What the cache keeps, by host and role; read at the start")

    package static let rateBackend = Setting(
        "rate_backend", flag: "--rate-backend", variable: "DOCSTOKG_RLIMIT_BACKEND", default: "memory",
        "Where limits are kept: memory, sqlite, redis or postgres", limit: .backend("kind"))
    static let backendDSN = Setting(
        "backend_dsn", flag: nil,
        "What the backend connects to: a file, redis://… or postgresql://…; empty for memory", isSecret: true,
        limit: .backend("dsn"))
    static let backendOnFailure = Setting(
        "backend_on_failure", flag: nil, default: "deny",
        "What callers are answered while the backend is out of reach: deny, allow or local",
        limit: .backend("on_failure"))
    static let backendInstances = Setting(
        "backend_instances", flag: nil, default: "0",
        "Equal shares of every limit with on_failure: local; 0 is as many as there are instances",
        limit: .backend("instances"))
    static let backendLearning = Setting(
        "backend_learning_s", flag: nil, default: "0",
        "Windows up to so many seconds begin as though used up, where the backend remembers nothing",
        limit: .backend("learning_s"))
    static let backendNamespace = Setting(
        "backend_namespace", flag: nil, default: "weir",
        "What names in Redis and PostgreSQL begin with: instances of one namespace share limits",
        limit: .backend("namespace"))
    static let backendHashTag = Setting(
        "backend_hash_tag", flag: nil, default: "namespace",
        "What lies on one node of a Redis Cluster: all of a namespace, or with host what belongs to a host",
        limit: .backend("hash_tag"))
    package static let rateMaxInflight = Setting(
        "rate_max_inflight", flag: "--rate-max-inflight", variable: "DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT",
        default: "500", "Requests in flight at most, over all hosts", limit: .top("global_max_inflight"))
    package static let rateAIMDEnabled = Setting(
        "rate_aimd_enabled", flag: "--rate-aimd-enabled", variable: "DOCSTOKG_RLIMIT_AIMD_ENABLED",
        default: "false", "Whether limits adapt to what upstreams answer", limit: .aimd("enabled"))
    package static let rateHostOverride = Setting(
        "rate_host_override", flag: "--rate-host-override", variable: "DOCSTOKG_RLIMIT__HOST__ROLE",
        "Policy of one host and role: HOST:ROLE=rates:50/SECOND+10000/HOUR,max_delay_ms:250; repeatable")

    /// Of the commands that talk to a running service.
    package static let server = Setting(
        "server", flag: "--server", default: "http://127.0.0.1:8080",
        "The service that `weir jobs`, `weir limits` and `weir tokens` talk to")

    /// Those that may stand in `config/weir.yaml`.
    static let inFile = ofProcess.filter { $0.key != config.key }

    /// Those of the process itself.
    static let ofProcess =
        [
            host, port, data, config, proxy, trustedRoots, allowedAddresses, fetchEnabled, contact, openAlexBaseURL,
            openAlexAPIKey, doiBaseURL, unpaywallEmail, coreAPIKey, semanticScholarAPIKey, resolvers, cohorts,
            webhookKey, retentionDays, logLevel, limiterLogLevel, rateConfig, cacheConfig,
        ] + serviceBaseURLs.sorted { $0.key.order < $1.key.order }.map(\.value)

    /// Those that set a value of the limits document.
    static let ofLimits = [
        rateBackend, backendDSN, backendOnFailure, backendInstances, backendLearning, backendNamespace, backendHashTag,
        rateMaxInflight, rateAIMDEnabled,
    ]

    /// Every setting there is.
    package static let all = ofProcess + ofLimits + [rateHostOverride, server]

    /// Whether it is one of the many that say where a service is.
    private var isOfService: Bool { Self.serviceBaseURLs.values.contains { $0.key == key } }

    /// For `--help`.
    package var help: String {
        "\(summary) (\(variable)\(fallback.isEmpty ? "" : "; default: \(fallback)"))."
    }

    /// All settings as a table in Markdown.
    package static var table: String {
        let services = serviceBaseURLs.keys.sorted { $0.order < $1.order }.map(\.rawValue).joined(separator: ", ")
        let rows = all.filter { !$0.isOfService }.map { setting in
            let key = inFile.contains { $0.key == setting.key } ? "`\(setting.key)`" : ""
            let flag = setting.flag.map { "`\($0)`" } ?? ""
            return "| \(flag) | `\(setting.variable)` | \(key) | \(setting.fallback) | \(setting.summary) |"
        }
        let service =
            "| | `WEIR_UPSTREAMS_NAME_BASE_URL` | `upstreams.NAME.base_url` | its public address "
            + "| Where a resolver's service is; NAME is one of \(services) |"
        let head = ["| flag | variable | `config/weir.yaml` | default | what it is |", "|---|---|---|---|---|"]
        return (head + rows + [service])
            .joined(separator: "\n")
    }
}
