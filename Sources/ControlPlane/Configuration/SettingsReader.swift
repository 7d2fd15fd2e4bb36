import Configuration
import Fetching
import Foundation
import Logging

/// Reads settings from flags, variables and the file, in this order, and refuses what is unknown or of the wrong type,
/// where the library's plain getters would pass over it.
struct SettingsReader {
    private let config: ConfigReader
    private let flags: [String: String]
    let environment: [String: String]
    private let file: SettingsFile?
    let warnings: [String]

    /// - Throws: ``DocumentProblems`` when the file cannot be read or has unknown keys.
    init(flags: [String: String], environment: [String: String]) async throws {
        self.flags = flags
        self.environment = environment
        let path =
            flags[Setting.config.key] ?? environment[Setting.config.variable]
            ?? Settings.existing(Settings.defaultFile)
        if let path { file = try await SettingsFile(path: path) } else { file = nil }
        // Flags are texts, as variables are, so the same provider reads both.
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(
                environmentVariables: Self.named(Setting.ofProcess.map { ($0.key, flags[$0.key]) })),
            EnvironmentVariablesProvider(
                environmentVariables: Self.named(Setting.ofProcess.map { ($0.key, environment[$0.variable]) })),
        ]
        if let provider = file?.provider { providers.append(provider) }
        config = ConfigReader(providers: providers)
        // Other programs, Kubernetes first of all, make variables of the same beginning: a warning, no error.
        let known = Setting.all.map(\.variable)
        warnings = environment.keys.filter { $0.hasPrefix("WEIR_") && !known.contains($0) }.sorted().map { name in
            let meant = Spelling.nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
            return "\(name): unknown variable, which has no effect\(meant)"
        }
    }

    /// Values under the names that the library makes of keys.
    private static func named(_ values: [(key: String, value: String?)]) -> [String: String] {
        values.reduce(into: [:]) { named, pair in
            named[pair.key.uppercased().replacing(".", with: "_")] = pair.value
        }
    }

    func string(_ setting: Setting) async throws -> String? {
        do {
            return try await config.fetchString(forKey: ConfigKey(setting.key), isSecret: setting.isSecret)
        } catch {
            throw refused(setting, "must be a text")
        }
    }

    func int(_ setting: Setting, _ range: ClosedRange<Int>) async throws -> Int? {
        let value: Int?
        do {
            value = try await config.fetchInt(forKey: ConfigKey(setting.key))
        } catch {
            throw refused(setting, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        if let value, !range.contains(value) {
            throw refused(setting, "must be \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        return value
    }

    func bool(_ setting: Setting) async throws -> Bool? {
        do {
            return try await config.fetchBool(forKey: ConfigKey(setting.key))
        } catch {
            throw refused(setting, "must be true or false")
        }
    }

    func level(_ setting: Setting) async throws -> Logger.Level? {
        try await string(setting).map { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw refused(setting, "must be trace, debug, info, notice, warning or error, not '\(text)'")
            }
            return level
        }
    }

    /// An http or https URL, without a trailing slash.
    func baseURL(_ setting: Setting) async throws -> String? {
        guard let text = try await string(setting) else { return nil }
        guard let base = Self.baseURL(text) else {
            throw refused(setting, "must be a URL such as \(setting.fallback), without a user")
        }
        return base
    }

    /// The URL without a trailing slash; `nil` where it is no http or https URL, or has a user, a query or a fragment.
    static func baseURL(_ text: String) -> String? {
        guard let address = try? WebAddress(parsing: text), address.query == nil, !text.contains("#") else {
            return nil
        }
        return address.text.hasSuffix("/") ? String(address.text.dropLast()) : address.text
    }

    func addresses(_ setting: Setting) async throws -> AllowedAddresses? {
        guard let text = try await string(setting) else { return nil }
        do {
            let additions = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            return try AllowedAddresses(adding: additions)
        } catch {
            throw refused(
                setting, "must be addresses and blocks such as 10.1.2.3,192.168.0.0/16; '\(error.text)' is neither")
        }
    }

    /// What was given, for people who wonder.
    func given() async throws -> [(setting: Setting, value: String, origin: String)] {
        var given: [(setting: Setting, value: String, origin: String)] = []
        for setting in Setting.ofProcess {
            guard let origin = origin(of: setting) else { continue }
            let value = try await string(setting)
            given.append((setting, shown(value ?? "", of: setting), origin))
        }
        return given
    }

    private func shown(_ value: String, of setting: Setting) -> String {
        if setting.isSecret { return "(set)" }
        return setting.key == Setting.proxy.key ? Proxy(parsing: value)?.description ?? "" : value
    }

    /// Such as `flag --port`, `env WEIR_PORT`, `file config/weir.yaml:3`; `nil` where it was not given.
    private func origin(of setting: Setting) -> String? {
        if flags[setting.key] != nil, let flag = setting.flag { return "flag \(flag)" }
        if environment[setting.variable] != nil { return "env \(setting.variable)" }
        return file?.places[setting.key].map { "file \(file?.path ?? ""):\($0.line)" }
    }

    func refused(_ setting: Setting, _ message: String) -> SettingsError {
        SettingsError(setting.key, origin(of: setting).map { "\(message) (\($0))" } ?? message)
    }
}
