import ArgumentParser
import ControlPlane
import Harvesting

/// Which job, and where the service is that has it.
struct JobTarget: ParsableArguments {
    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var server: ServerOptions
}

/// Does one thing with a job, and prints what the service answers.
protocol JobActionCommand: AsyncParsableCommand {
    static var action: JobAction { get }
    var target: JobTarget { get }
}

extension JobActionCommand {
    func run() async throws {
        try await target.server.ask(.job(target.id, Self.action))
    }
}
