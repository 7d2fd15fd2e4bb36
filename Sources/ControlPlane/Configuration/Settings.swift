import Configuration
package import Fetching
import Foundation
package import Harvesting
package import Logging

/// What the process needs to know before it starts: flags, then variables, then `config/weir.yaml`, then the defaults
/// here. Read once.
package struct Settings: Sendable {
    package var host = "127.0.0.1"
    package var port = 8080
    /// Folder of all that is durable.
    package var data = "data"
    /// Where limits come from, but for the API.
    package var limits = LimitSources()
    /// How upstreams are reached.
    package var proxies = ProxyRules.direct
    package var trustedRoots = TrustedRoots.ofSystem
    /// What may be fetched from.
    package var allowedAddresses = AllowedAddresses.publicOnly
    /// Whether clients may have us fetch for them.
    package var isFetchEnabled = false
    /// What the cache keeps of what was fetched.
    package var cache = CacheDocument()
    package var logLevel = Logger.Level.info
    /// Of the limiter's own events; `nil` is that of all others.
    package var limiterLogLevel: Logger.Level?
    /// Sent in `User-Agent`, so that an upstream knows whom to ask.
    package var contact: String?
    package var openAlexBaseURL = "https://api.openalex.org"
    package var doiBaseURL = "https://doi.org"
    /// Who can be asked where files are.
    package var resolvers = Resolvers(at: [:])
    /// What webhooks are signed with; secret.
    package var webhookKey: String?
    /// How long ended jobs are kept; `nil` is for ever.
    package var retentionDays: Int?
    /// What each setting that was given came to, for `weir config show`; secrets only say that they are set.
    package var given: [(setting: Setting, value: String, origin: String)] = []
    /// Variables that look like settings and are none.
    package var warnings: [String] = []

    package init() {}

    static let defaultFile = "config/weir.yaml"
    static let defaultRateConfig = "config/ratelimits.yaml"
    static let defaultCacheConfig = "config/cache.yaml"

    /// - Parameters:
    ///   - flags: values from the command line by key, such as `port` or `rate_config`.
    ///   - hostOverrides: values of `--rate-host-override`.
    ///   - command: what reads them. A gateway has a cache document only if one is set: the one that lies in `config` is made
    ///     for jobs.
    ///   - defaultLogLevel: for commands whose output is not the log.
    /// - Throws: ``SettingsError`` naming the setting and where it stands; ``DocumentProblems`` for limits in flags,
    ///   variables, or the settings file.
    package static func load(
        flags: [String: String], hostOverrides: [String] = [],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        for command: ConfiguredCommand = .serve,
        defaultLogLevel: Logger.Level = .info
    ) async throws -> Settings {
        let environment = Self.tidied(environment)
        let reader = try await SettingsReader(flags: flags, environment: environment)
        var settings = Settings()
        settings.logLevel = defaultLogLevel
        settings.host = try await reader.string(.host) ?? settings.host
        settings.port = try await reader.int(.port, 0...65535) ?? settings.port
        settings.data = try await reader.string(.data) ?? settings.data
        settings.contact = try await reader.string(.contact)
        settings.proxies = try await reader.proxies()
        settings.trustedRoots = try await reader.trustedRoots(.trustedRoots) ?? settings.trustedRoots
        settings.allowedAddresses = try await reader.addresses(.allowedAddresses) ?? settings.allowedAddresses
        settings.openAlexBaseURL = try await reader.baseURL(.openAlexBaseURL) ?? settings.openAlexBaseURL
        settings.doiBaseURL = try await reader.baseURL(.doiBaseURL) ?? settings.doiBaseURL
        settings.resolvers = try await reader.allResolvers(contact: settings.contact)
        settings.webhookKey = try await reader.string(.webhookKey)
        settings.retentionDays = try await reader.int(.retentionDays, 0...36_500).flatMap { $0 == 0 ? nil : $0 }
        settings.isFetchEnabled = try await reader.bool(.fetchEnabled) ?? settings.isFetchEnabled
        settings.logLevel = try await reader.level(.logLevel) ?? settings.logLevel
        settings.limiterLogLevel = try await reader.level(.limiterLogLevel)
        let cacheFile = command == .gateway ? nil : existing(defaultCacheConfig)
        if let file = try await reader.string(.cacheConfig) ?? cacheFile {
            settings.cache = try CacheDocument(file: file)
        }
        settings.limits = LimitSources(
            file: try await reader.string(.rateConfig) ?? existing(defaultRateConfig),
            environment: try LimitOverrides.read(environment: environment),
            flags: try LimitOverrides.read(flags: flags, hosts: hostOverrides))
        settings.given = try await reader.given()
        settings.warnings = reader.warnings
        return settings
    }

    /// The variables of a file as some editors and systems leave it: a byte order mark before the first name, carriage
    /// returns after the values. An empty one is how a compose file says that there is none.
    static func tidied(_ environment: [String: String]) -> [String: String] {
        environment.reduce(into: [:]) { tidied, variable in
            let value = variable.value.hasSuffix("\r") ? String(variable.value.dropLast()) : variable.value
            if !value.isEmpty { tidied[variable.key.withoutByteOrderMark] = value }
        }
    }

    static func existing(_ file: String) -> String? {
        FileManager.default.fileExists(atPath: file) ? file : nil
    }
}
