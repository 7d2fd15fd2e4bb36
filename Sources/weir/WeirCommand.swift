import ArgumentParser
import ControlPlane

@main
struct WeirCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract:
            "Keeps a team polite towards other people's APIs: rate tokens over REST, and harvests under the same limits.",
        version: Weir.version,
        subcommands: [
            Serve.self, GatewayCommand.self, Harvest.self, JobsCommand.self, LimitsCommand.self, TokensCommand.self,
            ConfigCommand.self,
        ]
    )
}
