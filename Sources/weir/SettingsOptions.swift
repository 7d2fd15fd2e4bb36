import ArgumentParser
import ControlPlane
import Foundation
import Logging

/// The settings that every command takes; each can also be a variable or stand in `config/weir.yaml`.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp(Setting.data.help))
    var data: String?

    @Option(help: ArgumentHelp(Setting.rateConfig.help))
    var rateConfig: String?

    @Option(help: ArgumentHelp(Setting.rateBackend.help))
    var rateBackend: String?

    @Option(help: ArgumentHelp(Setting.rateMaxInflight.help))
    var rateMaxInflight: String?

    @Flag(inversion: .prefixedNo, help: ArgumentHelp(Setting.rateAIMDEnabled.help))
    var rateAimdEnabled: Bool?

    @Option(help: ArgumentHelp(Setting.rateHostOverride.help))
    var rateHostOverride: [String] = []

    @Option(help: ArgumentHelp(Setting.cacheConfig.help))
    var cacheConfig: String?

    @Option(help: ArgumentHelp(Setting.proxy.help))
    var proxy: String?

    @Option(help: ArgumentHelp(Setting.trustedRoots.help))
    var trustedRoots: String?

    @Option(help: ArgumentHelp(Setting.allowedAddresses.help))
    var allowedAddresses: String?

    @Option(help: ArgumentHelp(Setting.fetchEnabled.help))
    var fetchEnabled: String?

    @Option(help: ArgumentHelp(Setting.contact.help))
    var contact: String?

    @Option(help: ArgumentHelp(Setting.openAlexBaseURL.help))
    var openalexBaseUrl: String?

    @Option(help: ArgumentHelp(Setting.doiBaseURL.help))
    var doiBaseUrl: String?

    @Option(help: ArgumentHelp(Setting.resolvers.help))
    var resolvers: String?

    @Option(help: ArgumentHelp(Setting.cohorts.help))
    var resolverCohorts: String?

    @Option(help: ArgumentHelp(Setting.retentionDays.help))
    var retentionDays: String?

    @Option(help: ArgumentHelp(Setting.logLevel.help))
    var logLevel: String?

    @Option(help: ArgumentHelp(Setting.limiterLogLevel.help))
    var limiterLogLevel: String?

    @Option(help: ArgumentHelp(Setting.config.help))
    var config: String?

    private var flags: [String: String] {
        let given: [(Setting, String?)] = [
            (.data, data), (.rateConfig, rateConfig), (.rateBackend, rateBackend),
            (.rateMaxInflight, rateMaxInflight), (.rateAIMDEnabled, rateAimdEnabled.map(String.init)),
            (.cacheConfig, cacheConfig), (.proxy, proxy), (.trustedRoots, trustedRoots),
            (.allowedAddresses, allowedAddresses),
            (.fetchEnabled, fetchEnabled), (.contact, contact),
            (.openAlexBaseURL, openalexBaseUrl), (.doiBaseURL, doiBaseUrl),
            (.resolvers, resolvers), (.cohorts, resolverCohorts), (.retentionDays, retentionDays),
            (.logLevel, logLevel), (.limiterLogLevel, limiterLogLevel), (.config, config),
        ]
        return given.reduce(into: [:]) { $0[$1.0.key] = $1.1 }
    }

    /// Reads the settings.
    ///
    /// - Parameter more: flags that only one command has.
    /// - Parameter defaultLevel: for commands whose output is not the log.
    func load(
        adding more: [(Setting, String?)] = [], defaultLevel: Logger.Level = .info
    ) async throws -> Settings {
        try await explainingRefusals {
            let flags = more.reduce(into: flags) { $0[$1.0.key] = $1.1 }
            return try await Settings.load(
                flags: flags, hostOverrides: rateHostOverride, defaultLogLevel: defaultLevel)
        }
    }

    /// Reads the settings, starts logging and metrics, and puts the process together.
    func weir(adding more: [(Setting, String?)] = [], defaultLevel: Logger.Level = .info) async throws -> Weir {
        let settings = try await load(adding: more, defaultLevel: defaultLevel)
        return try await explainingRefusals {
            let metrics = TelemetrySystem.bootstrap(logLevel: settings.logLevel)
            return try await Weir(settings: settings, metrics: metrics, logger: Logger(label: "weir"))
        }
    }
}

/// Runs an operation; what it refuses explains itself on standard error, one line each, and ends the process with 2.
func explainingRefusals<Value>(_ operation: () async throws -> Value) async throws -> Value {
    do {
        return try await operation()
    } catch {
        for line in Refusal(error).lines {
            try? FileHandle.standardError.write(contentsOf: Data("weir: \(line)\n".utf8))
        }
        throw ExitCode(2)
    }
}
