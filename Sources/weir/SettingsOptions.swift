import ArgumentParser
import ControlPlane
import Foundation
import Logging
import Metrics

/// The settings that every command takes; each can also be a `WEIR_*` variable or stand in `config/weir.yaml`.
struct SettingsOptions: ParsableArguments {
    @Option(help: "Folder for the manifest and the artifacts (WEIR_DATA; default: data).")
    var data: String?

    @Option(help: "The limits document (DOCSTOKG_RLIMITS_YAML; default: config/ratelimits.yaml where it exists).")
    var rateConfig: String?

    @Option(help: "HTTP proxy for all upstream requests, such as http://127.0.0.1:8899 (WEIR_PROXY).")
    var proxy: String?

    @Option(help: "A mail address or URL that upstreams see in User-Agent (WEIR_CONTACT).")
    var contact: String?

    @Option(help: "Where OpenAlex is (WEIR_UPSTREAMS_OPENALEX_BASE_URL; default: https://api.openalex.org).")
    var openalexBaseUrl: String?

    @Option(help: "Where DOIs resolve (WEIR_UPSTREAMS_DOI_BASE_URL; default: https://doi.org).")
    var doiBaseUrl: String?

    @Option(help: "trace, debug, info, notice, warning or error (WEIR_LOG_LEVEL).")
    var logLevel: String?

    @Option(help: "The same for the limiter's events; debug shows every decision (WEIR_LIMITER_LOG_LEVEL).")
    var limiterLogLevel: String?

    @Option(help: "A file with settings (WEIR_CONFIG; default: config/weir.yaml where it exists).")
    var config: String?

    var flags: [String: String] {
        let given: [String: String?] = [
            "data": data,
            "rate_config": rateConfig,
            "proxy": proxy,
            "contact": contact,
            "upstreams.openalex.base_url": openalexBaseUrl,
            "upstreams.doi.base_url": doiBaseUrl,
            "log_level": logLevel,
            "limiter_log_level": limiterLogLevel,
            "config": config,
        ]
        return given.compactMapValues(\.self)
    }

    /// Reads the settings, starts logging and metrics, and puts the process together.
    ///
    /// - Parameter more: flags that only one command has.
    /// - Parameter defaultLevel: for commands whose output is not the log.
    func weir(adding more: [String: String?] = [:], defaultLevel: Logger.Level = .info) async throws -> Weir {
        do {
            let flags = flags.merging(more.compactMapValues(\.self), uniquingKeysWith: { $1 })
            let settings = try await Settings.load(flags: flags, defaultLogLevel: defaultLevel)
            LoggingSystem.bootstrap { _ in JSONLogHandler(level: settings.logLevel) }
            let metrics = PrometheusRegistry.weir()
            MetricsSystem.bootstrap(metrics)
            return try Weir(settings: settings, metrics: metrics, logger: Logger(label: "weir"))
        } catch {
            // Refused settings and documents explain themselves, one line each.
            try? FileHandle.standardError.write(contentsOf: Data("weir: \(error)\n".utf8))
            throw ExitCode(2)
        }
    }
}
