import ArgumentParser
import ControlPlane

struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "Look at and change the limits of a running service.",
        discussion: "Prints what the service answers. Exits with 1 when it says no, 2 when it cannot be asked.",
        subcommands: [Get.self, Set.self, Rollback.self, Versions.self]
    )

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the limits in force; those of one host and role with where each value comes from.")

        @Argument(help: "A host, together with a role.")
        var host: String?

        @Argument(help: "A role, such as metadata.")
        var role: String?

        @Flag(help: "Only what was said through the API.")
        var overlay = false

        @OptionGroup var server: ServerOptions

        func validate() throws {
            if host != nil, role == nil { throw ValidationError("a host needs a role, such as metadata") }
            if host != nil, overlay { throw ValidationError("--overlay goes without a host") }
        }

        func run() async throws {
            if let host, let role { return try await server.ask(.policy(host: host, role: role)) }
            try await server.ask(overlay ? .overlay : .limits)
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change limits, in force with the next decision.",
            discussion: """
                Give values by their path in the limits document, an empty one to take back what was said before:

                  weir limits set hosts.export.arxiv.org.metadata.rates=1/3SECOND+1000/DAY global_max_inflight=800
                  weir limits set hosts.export.arxiv.org.metadata.rates=

                or a whole document, in YAML or JSON, that replaces everything said through the API:

                  weir limits set --file turned-down.yaml
                """
        )

        @Argument(help: "PATH=VALUE; rates are joined by +.")
        var values: [String] = []

        @Option(help: "A limits document.")
        var file: String?

        @Option(help: "Change nothing unless this version is in force.")
        var ifVersion: Int?

        @Flag(help: "Only print what would change.")
        var dryRun = false

        @OptionGroup var server: ServerOptions

        func validate() throws {
            if values.isEmpty == (file == nil) {
                throw ValidationError("give either PATH=VALUE or --file")
            }
        }

        func run() async throws {
            let question = try await explainingRefusals {
                try file.map { try APIQuestion.replaceLimits(file: $0, ifVersion: ifVersion, dryRun: dryRun) }
                    ?? APIQuestion.changeLimits(values, ifVersion: ifVersion, dryRun: dryRun)
            }
            try await server.ask(question)
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the limits of an earlier version in force again, as a new version.")

        @Argument(help: "The version, as 'weir limits versions' lists it.")
        var version: Int

        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.ask(.rollback(to: version))
        }
    }

    struct Versions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print who changed what and when, newest first.")

        @Option(help: "How many, 1 to 1000.")
        var limit = 20

        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.ask(.versions(limit: limit))
        }
    }
}
