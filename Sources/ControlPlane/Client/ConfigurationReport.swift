import Fetching
import Foundation
import RateLimiting

/// Settings and limits as a service with these settings would start with them, written out for people.
package struct ConfigurationReport {
    private let settings: Settings
    private let state: LimitsState

    /// - Throws: ``DocumentProblems`` when the service would refuse to start; `DatabaseError`.
    package init(_ settings: Settings) throws {
        self.settings = settings
        // What the API said stands beside the manifest; looking at it needs no running service, and disturbs none.
        let file = DataFolder.limits(in: URL(filePath: settings.data, directoryHint: .isDirectory))
        let newest =
            FileManager.default.fileExists(atPath: file) ? try Self.newest(in: file) : nil
        state = try LimitsStart(settings.limits, after: newest).state
    }

    private static func newest(in file: String) throws -> LimitsRecord? {
        do {
            return try LimitsHistory(reading: file).newest()
        } catch {
            throw SettingsError(
                "data", "'\(file)' cannot be read; where it is damaged, a service sets it aside at its start (\(error))"
            )
        }
    }

    /// Every setting that is given, and every value of the limits in force.
    package var everything: String {
        let settings = settings.given.map { Row("\($0.setting.key)", $0.value, $0.origin) }
        let limits = state.effective.shown.sorted { $0.key < $1.key }.map { path, value in
            Row("\(path)", "\(value)", "\(state.effective.values[path]?.origin ?? .builtIn)")
        }
        let head = settings.isEmpty ? [] : ["settings (all others have their defaults)"] + Row.lines(settings) + [""]
        return (head + ["limits, version \(state.number)"] + Row.lines(limits)).joined(separator: "\n")
    }

    /// What is odd; errors are thrown before there is a report.
    package var findings: String {
        let warnings = settings.warnings + state.warnings.map(\.description)
        let file = settings.limits.file ?? "the built-in limits"
        let names = "\(state.effective.document.hosts.count) hosts, \(state.effective.document.roles.count) roles"
        return (warnings.map { "warning: \($0)" } + ["\(file): ok, \(names)"]).joined(separator: "\n")
    }

    /// One policy, each value with its origin.
    ///
    /// - Throws: ``SettingsError`` for what is no host, or a role that no policy names.
    package func policy(host: String, role: String) throws -> String {
        guard let name = HostName.canonical(host) else {
            throw SettingsError("HOST", "'\(host)' \(HostName.requirement)")
        }
        guard let explanation = PolicyExplanation(host: name, role: role, in: state.effective) else {
            let known = state.effective.document.roles.sorted()
            throw SettingsError("ROLE", "no policy names '\(role)'\(Spelling.hint(for: role, in: known))")
        }
        let rows = explanation.lines.map { line in
            Row(
                line.key, line.value?.description ?? "no limit",
                "\(line.origin)" + (line.path.map { " (\($0))" } ?? ""))
        }
        return (["\(name) \(role), version \(state.number)"] + Row.lines(rows)).joined(separator: "\n")
    }

    /// A name, a value and an origin.
    private struct Row {
        let cells: [String]

        init(_ name: String, _ value: String, _ origin: String) {
            cells = [name, value, origin]
        }

        /// In columns; one long value does not push the others off the screen.
        static func lines(_ rows: [Row]) -> [String] {
            let widths = [0, 1].map { column in min(60, rows.map { $0.cells[column].count }.max() ?? 0) }
            return rows.map { row in
                let padded = zip(row.cells, widths).map { cell, width in
                    cell + String(repeating: " ", count: max(0, width - cell.count))
                }
                return "  " + (padded + [row.cells[2]]).joined(separator: "  ")
            }
        }
    }
}
