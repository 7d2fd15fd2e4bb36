import ArgumentParser
import ControlPlane

/// Where a running service is, for the commands that talk to one.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp(Setting.server.help))
    var server: String?

    /// Prints what the service answers.
    ///
    /// - Throws: an exit code: 1 when the service says no, 2 when it cannot be asked.
    func ask(_ question: APIQuestion) async throws {
        let answer = try await explainingRefusals { try await APIClient(server: server).ask(question) }
        print(answer.text)
        if !answer.isSuccess { throw ExitCode.failure }
    }
}
