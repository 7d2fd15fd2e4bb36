import ArgumentParser
import ControlPlane
import Foundation
import Logging

/// A command that reads settings.
protocol SettingsCommand: AsyncParsableCommand {
    static var reader: ConfiguredCommand { get }
}

/// The settings that a command obeys, as flags; each can also be a variable or stand in `config/weir.yaml`.
struct SettingsOptions<Command: SettingsCommand>: ParsableArguments {
    @Option(help: offer(.host, to: Command.self))
    var host: String?

    @Option(help: offer(.port, to: Command.self))
    var port: String?

    @Option(help: offer(.data, to: Command.self))
    var data: String?

    @Option(help: offer(.rateConfig, to: Command.self))
    var rateConfig: String?

    @Option(help: offer(.rateBackend, to: Command.self))
    var rateBackend: String?

    @Option(help: offer(.rateMaxInflight, to: Command.self))
    var rateMaxInflight: String?

    @Flag(inversion: .prefixedNo, help: offer(.rateAIMDEnabled, to: Command.self))
    var rateAimdEnabled: Bool?

    @Option(help: offer(.rateHostOverride, to: Command.self))
    var rateHostOverride: [String] = []

    @Option(help: offer(.cacheConfig, to: Command.self))
    var cacheConfig: String?

    @Option(help: offer(.proxy, to: Command.self))
    var proxy: String?

    @Option(help: offer(.trustedRoots, to: Command.self))
    var trustedRoots: String?

    @Option(help: offer(.allowedAddresses, to: Command.self))
    var allowedAddresses: String?

    @Option(defaultAsFlag: true, help: offer(.fetchEnabled, to: Command.self))
    var fetchEnabled: Bool?

    @Option(help: offer(.contact, to: Command.self))
    var contact: String?

    @Option(help: offer(.openAlexBaseURL, to: Command.self))
    var openalexBaseUrl: String?

    @Option(help: offer(.doiBaseURL, to: Command.self))
    var doiBaseUrl: String?

    @Option(help: offer(.resolvers, to: Command.self))
    var resolvers: String?

    @Option(help: offer(.cohorts, to: Command.self))
    var resolverCohorts: String?

    @Option(help: offer(.retentionDays, to: Command.self))
    var retentionDays: String?

    @Option(help: offer(.logLevel, to: Command.self))
    var logLevel: String?

    @Option(help: offer(.limiterLogLevel, to: Command.self))
    var limiterLogLevel: String?

    @Option(help: offer(.config, to: Command.self))
    var config: String?

    private var flags: [String: String] {
        let given: [(Setting, String?)] = [
            (.host, host), (.port, port), (.data, data), (.rateConfig, rateConfig),
            (.rateBackend, rateBackend),
            (.rateMaxInflight, rateMaxInflight), (.rateAIMDEnabled, rateAimdEnabled.map(String.init)),
            (.cacheConfig, cacheConfig), (.proxy, proxy), (.trustedRoots, trustedRoots),
            (.allowedAddresses, allowedAddresses),
            (.fetchEnabled, fetchEnabled.map(String.init)), (.contact, contact),
            (.openAlexBaseURL, openalexBaseUrl), (.doiBaseURL, doiBaseUrl),
            (.resolvers, resolvers), (.cohorts, resolverCohorts), (.retentionDays, retentionDays),
            (.logLevel, logLevel), (.limiterLogLevel, limiterLogLevel), (.config, config),
        ]
        return given.reduce(into: [:]) { $0[$1.0.key] = $1.1 }
    }

    func validate() throws {
        let given = Setting.all.filter {
            flags[$0.key] != nil || $0.key == Setting.rateHostOverride.key && !rateHostOverride.isEmpty
        }
        for setting in given where !Command.reader.obeys(setting) {
            throw ValidationError(
                "\(setting.flag ?? setting.key) has no effect on weir \(Command.reader.rawValue); leave it out"
            )
        }
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
                flags: flags, hostOverrides: rateHostOverride, for: Command.reader,
                defaultLogLevel: defaultLevel)
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

/// The help of a setting's flag; the flag of a setting that the command does not obey is not shown.
private func offer(_ setting: Setting, to command: (some SettingsCommand).Type) -> ArgumentHelp {
    ArgumentHelp(setting.help, visibility: command.reader.obeys(setting) ? .default : .private)
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
