import Foundation
import Logging
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
        #expect(settings.openAlexAPIKey == "secret")
        #expect(settings.doiBaseURL == "http://doi.example")
        #expect(settings.rateConfig == "limits.yaml")
        #expect(settings.proxy?.host == "127.0.0.1")
        #expect(settings.proxy?.port == 8899)
    }

    @Test func theEnvironmentBeatsTheFileByTheOldNameToo() async throws {
        let config = try file("rate_config: from-file.yaml\nlog_level: error\n")
        defer { try? FileManager.default.removeItem(atPath: config) }
        let settings = try await Settings.load(
            flags: ["config": config], environment: ["DOCSTOKG_RLIMITS_YAML": "old.yaml"], defaultLogLevel: .warning)
        #expect(settings.rateConfig == "old.yaml")
        #expect(settings.logLevel == .error)
    }

    @Test(arguments: [
        ("port", "many"), ("port", "65536"), ("log_level", "loud"), ("proxy", "127.0.0.1:8899"),
        ("proxy", "http://user:secret@127.0.0.1:8899"),
        ("upstreams.openalex.base_url", "openalex"),
    ])
    func aWrongValueIsRefusedByName(_ key: String, _ value: String) async throws {
        let error = try await #require(throws: SettingsError.self) {
            try await Settings.load(flags: [key: value], environment: [:])
        }
        #expect(error.description.hasPrefix("\(key): must"))
        #expect(!error.description.contains("secret"))
    }
}
