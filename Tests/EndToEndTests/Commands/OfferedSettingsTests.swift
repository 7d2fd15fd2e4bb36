import Foundation
import TestSupport
import Testing

@Suite(
    "Each command offers the settings that it obeys, and refuses the flags of the others",
    .timeLimit(.minutes(3)))
struct OfferedSettingsTests {
    /// Which commands obey a flag; `config explain` looks at limits only.
    private static let obeyed: [String: Set<String>] = {
        let all: Set = ["serve", "gateway", "harvest", "config show", "config check", "config explain"]
        let fetching = all.subtracting(["config explain"])
        let harvesting = fetching.subtracting(["gateway"])
        let serving = harvesting.subtracting(["harvest"])
        var obeyed: [String: Set<String>] = [:]
        for flag in [
            "--data", "--config", "--rate-config", "--rate-backend", "--rate-max-inflight",
            "--rate-aimd-enabled",
            "--rate-host-override",
        ] { obeyed[flag] = all }
        for flag in [
            "--cache-config", "--proxy", "--trusted-roots", "--allowed-addresses", "--log-level",
            "--limiter-log-level",
        ] { obeyed[flag] = fetching }
        for flag in [
            "--contact", "--openalex-base-url", "--doi-base-url", "--resolvers", "--resolver-cohorts",
        ] {
            obeyed[flag] = harvesting
        }
        for flag in ["--host", "--port", "--fetch-enabled", "--retention-days"] {
            obeyed[flag] = serving
        }
        return obeyed
    }()

    static let commands = [
        ["serve"], ["gateway"], ["harvest"], ["config", "show"], ["config", "check"],
        ["config", "explain"],
        ["config", "list"], ["config", "defaults"], ["jobs", "list"], ["jobs", "submit"],
        ["limits", "get"],
        ["limits", "set"], ["tokens", "acquire"], ["tokens", "usage"],
    ]

    private func flags(_ lines: [String]) -> Set<String> {
        Set(lines.flatMap { $0.matches(of: /--[a-z][a-z-]*/).map { String($0.output) } })
    }

    @Test("in its help", arguments: commands)
    func help(_ command: [String]) async throws {
        let help = try RunningProcess("weir", command + ["--help"])
        #expect(await help.exit() == 0)
        let list = try RunningProcess("weir", ["config", "list"])
        #expect(await list.exit() == 0)
        let declared = flags(list.output.compactMap { $0.split(separator: "|").first.map(String.init) })
        #expect(declared == Set(Self.obeyed.keys).union(["--server"]))
        let name = command.joined(separator: " ")
        var expected = Set(Self.obeyed.filter { $0.value.contains(name) }.keys)
        if ["jobs", "limits", "tokens"].contains(command[0]) { expected.insert("--server") }
        // Options of their own: whom a job asks, and whose usage is shown.
        if name == "jobs submit" { expected.insert("--resolvers") }
        if name == "tokens usage" { expected.insert("--host") }
        let shown = flags(
            help.output.filter { $0.hasPrefix("  -") }.map { $0.trimmingCharacters(in: .whitespaces) })
        #expect(shown.intersection(declared) == expected, "\(name)")
    }

    @Test(
        "on its command line",
        arguments: [
            ["gateway", "--origin", "http://a.example", "--contact", "a@b.example"],
            ["gateway", "--origin", "http://a.example", "--port", "1"],
            ["harvest", "--doi", "10.1/a", "--port", "1"],
            ["harvest", "--doi", "10.1/a", "--fetch-enabled"],
            ["config", "explain", "a", "metadata", "--proxy", "b"],
        ])
    func refused(_ arguments: [String]) async throws {
        let process = try RunningProcess("weir", arguments)
        #expect(await process.exit() == 2)
        #expect(
            process.output.contains { $0.contains("has no effect on weir \(arguments[0])") },
            "\(process.output)")
    }

    @Test(
        "while files and variables are shared by all of them, and a flag of yes or no needs no value")
    func shared() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "weir.yaml")
        try Data("contact: a@b.example\nport: 7\nfetch_enabled: true\n".utf8).write(to: file)
        let explain = try RunningProcess(
            "weir", ["config", "explain", "a.example", "metadata", "--config", file.path()],
            environment: ["WEIR_RETENTION_DAYS": "7"])
        #expect(await explain.exit() == 0, "\(explain.output)")
        for flags in [
            ["--fetch-enabled", "--data", "none"], ["--fetch-enabled", "true", "--data", "none"],
        ] {
            let show = try RunningProcess("weir", ["config", "show"] + flags)
            #expect(await show.exit() == 0, "\(show.output)")
            #expect(
                show.output.contains { $0.contains("fetch_enabled") && $0.contains("true") },
                "\(show.output)")
        }
    }
}
