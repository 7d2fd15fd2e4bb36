import ArgumentParser
import ControlPlane
import Foundation
import Harvesting

/// Where a running service is, for the commands that talk to one.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp(Setting.server.help))
    var server: String?

    /// Prints what the service answers.
    ///
    /// - Throws: an exit code: 1 when the service says no, 2 when it cannot be asked.
    func ask(_ question: APIQuestion) async throws {
        try show(try await answer(question))
    }

    /// - Throws: the exit code 2 when the service cannot be asked.
    func answer(_ question: APIQuestion) async throws -> APIClient.Answer {
        try await explainingRefusals { try await APIClient(server: server).ask(question) }
    }

    /// - Throws: the exit code 1 when the service said no.
    func show(_ answer: APIClient.Answer) throws {
        if !answer.text.isEmpty { print(answer.text) }
        if !answer.isSuccess { throw ExitCode.failure }
    }

    /// Shows how a job goes until it has ended.
    ///
    /// - Throws: an exit code unless the job succeeded.
    func watch(_ id: String) async throws {
        let view = jobView()
        while true {
            let answer = try await answer(.job(id))
            guard answer.isSuccess, let job = try? JobView(json: Data(answer.text.utf8)) else {
                return try show(answer)
            }
            view.show(job)
            switch job.state {
            case .succeeded: return
            case .failed: throw ExitCode.failure
            case .cancelled: throw ExitCode(130)
            case .queued, .running, .paused: try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
