import ArgumentParser
import ControlPlane

struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Ask a running service for permission, and say when done.",
        discussion: "Prints what the service answers. Exits with 1 when it says no, 2 when it cannot be asked.",
        subcommands: [Acquire.self, Release.self, Usage.self]
    )

    struct Acquire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wait for permission to send one request; in shells: weir tokens acquire HOST ROLE && curl …")

        @Argument(help: "Such as export.arxiv.org.")
        var host: String

        @Argument(help: "Such as metadata, landing or artifact.")
        var role: String

        @Option(help: "Units to take.")
        var weight = 1

        @Option(help: "Milliseconds to wait for the start at most (default: the policy's max_delay_ms).")
        var maxWaitMs: Int?

        @Flag(inversion: .prefixedNo, help: "Hold a lease until it is released or expires.")
        var hold = true

        @Option(help: "Milliseconds until the lease expires by itself.")
        var leaseTtlMs: Int?

        @Option(help: "Whom the lease is shown to belong to.")
        var client: String?

        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.ask(
                .acquire(
                    host: host, role: role, weight: weight, maxWaitMilliseconds: maxWaitMs, hold: hold,
                    leaseTTLMilliseconds: leaseTtlMs, client: client))
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a lease.")

        @Argument(help: "The lease, as acquire printed it.")
        var lease: String

        @Flag(help: "Give the units back: no request was sent.")
        var unused = false

        @Option(help: "The status that the upstream answered, from which limits learn.")
        var status: Int?

        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.ask(.release(lease, unused: unused, status: status))
        }
    }

    struct Usage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print what is used, waiting and in flight.")

        @Option(help: "Only this host.")
        var host: String?

        @Option(help: "Only this role.")
        var role: String?

        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.ask(.usage(host: host, role: role))
        }
    }
}
