import Fetching
import Foundation
import Harvesting
import Logging
import RateLimiting
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct SettingsTests {
    private func file(_ yaml: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString).yaml")
        try Data(yaml.utf8).write(to: file)
        return file.path()
    }

    @Test func flagsBeatVariablesBeatTheFileBeatsTheDefaults() async throws {
        let config = try file("host: 10.0.0.1\nport: 1001\ndata: from-file\n")
        defer { try? FileManager.default.removeItem(atPath: config) }
        let settings = try await Settings.load(
            flags: ["config": config, "port": "1003"],
            environment: ["WEIR_PORT": "1002", "WEIR_DATA": "from-environment"])
        #expect(settings.port == 1003)
        #expect(settings.data == "from-environment")
        #expect(settings.host == "10.0.0.1")
        #expect(settings.logLevel == .info)
        #expect(settings.openAlexBaseURL == "https://api.openalex.org")
    }

    @Test func nestedSettingsHaveVariablesOfTheSameName() async throws {
        let settings = try await Settings.load(
            flags: ["upstreams.doi.base_url": "http://doi.example/"],
            environment: [
                "WEIR_UPSTREAMS_OPENALEX_BASE_URL": "http://openalex.example",
                "WEIR_UPSTREAMS_OPENALEX_API_KEY": "secret",
                "DOCSTOKG_RLIMITS_YAML": "limits.yaml",
                "WEIR_PROXY": "http://127.0.0.1:8899",
            ])
        #expect(settings.openAlexBaseURL == "http://openalex.example")
        #expect(settings.resolvers.openAlexKey == "secret")
        #expect(settings.doiBaseURL == "http://doi.example")
        #expect(settings.limits.file == "limits.yaml")
        let proxy = try #require(Proxy(parsing: "http://127.0.0.1:8899"))
        #expect(settings.proxies == ProxyRules(plain: proxy, secure: proxy))
    }

    @Test func theEnvironmentBeatsTheFileByTheOldNameToo() async throws {
        let config = try file("rate_config: from-file.yaml\nlog_level: error\n")
        defer { try? FileManager.default.removeItem(atPath: config) }
        let settings = try await Settings.load(
            flags: ["config": config], environment: ["DOCSTOKG_RLIMITS_YAML": "old.yaml"], defaultLogLevel: .warning)
        #expect(settings.limits.file == "old.yaml")
        #expect(settings.logLevel == .error)
    }

    @Test(arguments: [
        ("port", "many"), ("port", "65536"), ("log_level", "loud"), ("proxy", "socks5://127.0.0.1:8899"),
        ("proxy", "https://user:secret@127.0.0.1:8899"),
        ("upstreams.openalex.base_url", "openalex"), ("upstreams.doi.base_url", "https://ada:secret@doi.org"),
    ])
    func aWrongValueIsRefusedByName(_ key: String, _ value: String) async throws {
        let error = try await #require(throws: SettingsError.self) {
            try await Settings.load(flags: [key: value], environment: [:])
        }
        #expect(error.description.hasPrefix("\(key): must"))
        #expect(!error.description.contains("secret"))
    }
}

@Suite("Declared settings") struct DeclaredSettingsTests {
    /// `weir config list` prints it anew.
    @Test("are the table of docs/configuration.md")
    func page() throws {
        let page = Tested.docs.appending(path: "configuration.md")
        #expect(try String(contentsOf: page, encoding: .utf8).contains("\n\(Setting.table)\n"))
    }

    @Test("declare the defaults that are in force")
    func defaults() {
        let settings = Settings()
        let limits = LimitsDocument.builtIn
        let inForce: [(Setting, String)] = [
            (.host, settings.host), (.port, "\(settings.port)"), (.data, settings.data),
            (.openAlexBaseURL, settings.openAlexBaseURL), (.doiBaseURL, settings.doiBaseURL),
            (.logLevel, settings.logLevel.rawValue), (.rateBackend, BackendSettings().kind),
            (.rateMaxInflight, "\(limits.globalMaxInflight)"), (.rateAIMDEnabled, "\(limits.aimd.enabled)"),
        ]
        for (setting, value) in inForce { #expect(setting.fallback == value) }
    }

    @Test("have one name each, and secrets have no flag")
    func names() {
        let settings = Setting.all
        for names in [settings.map(\.key), settings.map(\.variable), settings.compactMap(\.flag)] {
            #expect(Set(names).count == names.count)
        }
        #expect(settings.filter(\.isSecret).allSatisfy { $0.flag == nil })
    }

    @Test(
        "refuse what the file has and no setting is read from, with its place",
        arguments: [
            ("port: 8080\nprot: 1", ":2:1: prot: unknown setting; did you mean 'port'?"),
            (
                "upstreams:\n  openalex: { api_key: secret, bas_url: x }",
                ":2:32: upstreams.openalex.bas_url: unknown setting"
            ),
            ("upstreams: 5", ":1:1: upstreams: unknown setting"),
            ("port: [1]", ":1:1: port: must be a single value, not a list"),
            ("contact: ~", ":1:1: contact: must be a single value, not nothing"),
            ("port: { http: 1 }", ":1:1: port: must be a single value, not a mapping"),
            ("port: many", "port: must be a whole number from 0 to 65535 (file "),
            ("- port", ":1:1: unknown setting"),
        ])
    func file(_ yaml: String, _ message: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "weir.yaml")
            try Data(yaml.utf8).write(to: file)
            let error = try await #require(throws: (any Error).self) {
                try await Settings.load(flags: ["config": file.path()], environment: [:])
            }
            #expect("\(error)".contains(message), "\(error)")
            #expect("\(error)".contains("weir.yaml:"))
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test(
        "are none where the file says nothing, and where a variable is empty", arguments: ["", "# port: 1\n", "---\n"])
    func nothing(_ yaml: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "weir.yaml")
            try Data(yaml.utf8).write(to: file)
            let settings = try await Settings.load(
                flags: ["config": file.path()],
                environment: ["WEIR_CONTACT": "", "DOCSTOKG_RLIMITS_YAML": "", "DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT": ""])
            #expect(settings.contact == nil)
            #expect(settings.limits.file != "")
            #expect(settings.port == 8080)
        }
    }

    @Test("warn of variables that look like one, since other programs make such too")
    func variables() async throws {
        let settings = try await Settings.load(
            flags: [:], environment: ["WEIR_PROT": "1", "WEIR_SERVICE_HOST": "10.0.0.1"])
        #expect(
            settings.warnings == [
                "WEIR_PROT: unknown variable, which has no effect; did you mean 'WEIR_PORT'?",
                "WEIR_SERVICE_HOST: unknown variable, which has no effect",
            ])
    }

    @Test("tell where each was given, and no secret")
    func report() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "weir.yaml")
            try Data("port: 8081\nupstreams:\n  openalex:\n    api_key: secret\n".utf8).write(to: file)
            let settings = try await Settings.load(
                flags: ["config": file.path(), "data": folder.path()],
                hostOverrides: ["a.example:metadata=rates:1/3SECOND"],
                environment: ["WEIR_CONTACT": "ada@example.org", "DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT": "7"])
            let report = try ConfigurationReport(settings)
            let lines = report.everything.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            func line(_ key: String) -> [String]? { lines.first { $0.first == key } }
            #expect(line("port") == ["port", "8081", "file", "\(file.path()):1"])
            #expect(line("contact") == ["contact", "ada@example.org", "env", "WEIR_CONTACT"])
            #expect(line("upstreams.openalex.api_key")?[1] == "(set)")
            #expect(line("global_max_inflight")?.dropFirst() == ["7", "env", "DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT"])
            #expect(!report.everything.contains("secret"))
            let policy = try report.policy(host: "A.Example", role: "metadata")
            #expect(policy.contains("flag --rate-host-override a.example:metadata (hosts.a.example.metadata.rates)"))
            let error = try #require(throws: SettingsError.self) {
                try report.policy(host: "a.example", role: "metdata")
            }
            #expect(error.description.contains("did you mean 'metadata'?"))
        }
    }
}
