import Configuration
import Foundation
package import Logging
import SystemPackage

/// What the process needs to know before it starts: flags, then `WEIR_*` variables, then `config/weir.yaml`, then
/// the defaults here. Read once.
package struct Settings: Sendable {
    package var host = "127.0.0.1"
    package var port = 8080
    /// Folder for the manifest and the artifacts.
    package var data = "data"
    /// The limits document; `nil` is the built-in one.
    package var rateConfig: String?
    /// HTTP proxy for all upstream requests.
    package var proxy: (host: String, port: Int)?
    package var logLevel = Logger.Level.info
    /// Of the limiter's own events; `nil` is that of all others.
    package var limiterLogLevel: Logger.Level?
    /// Sent in `User-Agent`, so that an upstream knows whom to ask.
    package var contact: String?
    package var openAlexBaseURL = "https://api.openalex.org"
    /// Secret: from the environment or the file only.
    package var openAlexAPIKey: String?
    package var doiBaseURL = "https://doi.org"

    package init() {}

    static let defaultFile = "config/weir.yaml"
    static let defaultRateConfig = "config/ratelimits.yaml"

    /// - Parameter flags: values from the command line by key, such as `port` or `rate_config`.
    /// - Parameter defaultLogLevel: for commands whose output is not the log.
    /// - Throws: ``SettingsError`` naming the setting; what reading the file throws.
    package static func load(
        flags: [String: String], environment: [String: String] = ProcessInfo.processInfo.environment,
        defaultLogLevel: Logger.Level = .info
    ) async throws -> Settings {
        // The runbooks' name for one of our settings.
        var environment = environment
        environment["WEIR_RATE_CONFIG"] = environment["WEIR_RATE_CONFIG"] ?? environment["DOCSTOKG_RLIMITS_YAML"]
        // Flags are texts, as variables are, so the same provider reads both.
        var providers: [any ConfigProvider] = [variables(flags), variables(environment, prefix: "WEIR_")]
        let file = flags["config"] ?? environment["WEIR_CONFIG"]
        if file != nil || FileManager.default.fileExists(atPath: defaultFile) {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: .init(file ?? defaultFile)))
        }
        let reader = SettingsReader(config: ConfigReader(providers: providers))
        var settings = Settings()
        settings.logLevel = defaultLogLevel
        settings.host = try await reader.string("host") ?? settings.host
        settings.port = try await reader.int("port", 0...65535) ?? settings.port
        settings.data = try await reader.string("data") ?? settings.data
        settings.contact = try await reader.string("contact")
        settings.proxy = try await reader.string("proxy").map(proxyAddress)
        settings.openAlexBaseURL = try await reader.baseURL("upstreams.openalex.base_url") ?? settings.openAlexBaseURL
        settings.openAlexAPIKey = try await reader.string("upstreams.openalex.api_key", isSecret: true)
        settings.doiBaseURL = try await reader.baseURL("upstreams.doi.base_url") ?? settings.doiBaseURL
        settings.logLevel = try await reader.level("log_level") ?? settings.logLevel
        settings.limiterLogLevel = try await reader.level("limiter_log_level")
        settings.rateConfig =
            try await reader.string("rate_config")
            ?? (FileManager.default.fileExists(atPath: defaultRateConfig) ? defaultRateConfig : nil)
        return settings
    }

    private static func variables(_ values: [String: String], prefix: String = "") -> any ConfigProvider {
        let named = values.map { key, value in
            (key.uppercased().replacing(".", with: "_"), value)
        }
        let own = named.filter { $0.0.hasPrefix(prefix) }.map { (String($0.0.dropFirst(prefix.count)), $0.1) }
        return EnvironmentVariablesProvider(
            environmentVariables: Dictionary(own, uniquingKeysWith: { first, _ in first }))
    }

    private static func proxyAddress(_ text: String) throws -> (host: String, port: Int) {
        guard let url = URL(string: text), url.scheme == "http", url.user() == nil, let host = url.host(),
            let port = url.port
        else {
            // The text may carry a credential, so it is not repeated.
            throw SettingsError("proxy", "must look like http://127.0.0.1:8899")
        }
        return (host, port)
    }
}
