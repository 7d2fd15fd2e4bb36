import ArgumentParser
import ControlPlane

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Look at settings and limits as a service with the same flags would have them; none need run.",
        subcommands: [Show.self, Check.self, Explain.self, List.self, Defaults.self]
    )

    struct Show: SettingsCommand {
        static let reader = ConfiguredCommand.configShow

        static let configuration = CommandConfiguration(
            abstract: "Print every setting that is given and every limit in force, with where it comes from.")

        @OptionGroup(title: "Settings")
        var settings: SettingsOptions<Show>

        func run() async throws {
            let settings = try await settings.load()
            print(try await explainingRefusals { try ConfigurationReport(settings).everything })
        }
    }

    struct Check: SettingsCommand {
        static let reader = ConfiguredCommand.configCheck

        static let configuration = CommandConfiguration(
            abstract: "Say what is wrong or odd.",
            discussion: "Exits with 0 when a service would start, 2 when it would refuse to."
        )

        @Argument(help: "A limits document to check in place of the one that is set.")
        var file: String?

        @OptionGroup(title: "Settings")
        var settings: SettingsOptions<Check>

        func run() async throws {
            let settings = try await settings.load(adding: file.map { [(.rateConfig, $0)] } ?? [])
            print(try await explainingRefusals { try ConfigurationReport(settings).findings })
        }
    }

    struct Explain: SettingsCommand {
        static let reader = ConfiguredCommand.configExplain

        static let configuration = CommandConfiguration(
            abstract: "Print the policy of one host and role, each value with where it comes from.")

        @Argument(help: "Such as export.arxiv.org.")
        var host: String

        @Argument(help: "Such as metadata, landing or artifact.")
        var role: String

        @OptionGroup(title: "Settings")
        var settings: SettingsOptions<Explain>

        func run() async throws {
            let settings = try await settings.load()
            print(try await explainingRefusals { try ConfigurationReport(settings).policy(host: host, role: role) })
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every setting that there is, as a table in Markdown.")

        func run() {
            print(Setting.table)
        }
    }
    struct Defaults: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the limits that are compiled in, with their sources.",
            discussion: """
                They are in force wherever nothing else is set. A limits document needs only what differs from them:

                  weir config defaults > ratelimits.yaml
                """)

        func run() {
            print(LimitsLayer.builtInDocument, terminator: "")
        }
    }
}
