import ArgumentParser
import ControlPlane
import Foundation

@main
struct WeirCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract:
            "Keeps a team polite towards other people's APIs: rate tokens over REST, and harvests under the same limits.",
        discussion: """
            Exit status: 0 success; 1 denied by the service, or the job failed; 2 wrong usage, the command cannot start, or \
            the service cannot be reached; 130 interrupted or cancelled.
            """,
        version: Weir.version,
        subcommands: [
            Serve.self, GatewayCommand.self, Harvest.self, JobsCommand.self, LimitsCommand.self, TokensCommand.self,
            ConfigCommand.self,
        ]
    )

    /// As the library runs commands, but with the exit status 2 for wrong usage.
    static func main() async {
        // A limit on the size of files is an error like a full disk, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            do {
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            } catch let error as ValidationError {
                // Found while the command runs, so the parser would show the usage of `weir`, which does not help.
                try await explainingRefusals { throw error }
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            try? FileHandle.standardError.write(contentsOf: Data("\(fullMessage(for: error))\n".utf8))
            exit(withError: ExitCode(2))
        }
    }
}
