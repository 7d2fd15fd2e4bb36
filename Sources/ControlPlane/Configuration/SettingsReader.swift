import Configuration
import Foundation
import Logging

/// Reads values and refuses those of the wrong type, where the library's plain getters would pass over them.
struct SettingsReader {
    let config: ConfigReader

    func string(_ key: String, isSecret: Bool = false) async throws -> String? {
        do {
            return try await config.fetchString(forKey: ConfigKey(key), isSecret: isSecret)
        } catch {
            throw SettingsError(key, "must be a text")
        }
    }

    func int(_ key: String, _ range: ClosedRange<Int>) async throws -> Int? {
        let value: Int?
        do {
            value = try await config.fetchInt(forKey: ConfigKey(key))
        } catch {
            throw SettingsError(key, "must be a whole number")
        }
        if let value, !range.contains(value) {
            throw SettingsError(key, "must be \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        return value
    }

    func level(_ key: String) async throws -> Logger.Level? {
        try await string(key).map { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw SettingsError(key, "must be trace, debug, info, notice, warning or error, not '\(text)'")
            }
            return level
        }
    }

    /// An http or https URL, without a trailing slash.
    func baseURL(_ key: String) async throws -> String? {
        guard let text = try await string(key) else { return nil }
        guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https", url.host() != nil else {
            throw SettingsError(key, "must be a URL such as https://api.openalex.org")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
