import ArgumentParser
import ControlPlane
import Foundation
import Harvesting

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Harvest by a running service.",
        discussion: "Prints what the service answers. Exits with 1 when it says no, 2 when it cannot be asked.",
        subcommands: [
            Submit.self, List.self, Show.self, Watch.self, Cancel.self, Pause.self, Resume.self, Retry.self,
            Delete.self,
        ]
    )

    struct Submit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Submit a harvest.",
            discussion: "Give exactly one of --topic, --topic-id, --doi, --url and --works. Prints the job.")

        @OptionGroup(title: "What to harvest")
        var job: JobOptions

        @Option(help: "Resolvers to ask, in this order, with commas between them (default: those of the service).")
        var resolvers: String?

        @Option(
            name: .customLong("credential"),
            help: ArgumentHelp(
                "A resolver's key or mail address, from a variable of the environment; may be repeated. Resolvers: "
                    + ResolverName.credentialed.map(\.rawValue).joined(separator: ", ") + ".",
                valueName: "resolver=variable"))
        var credentials: [String] = []

        @Option(help: "Where the service says that the job has ended.")
        var webhook: String?

        @Option(help: "The same key gives the same job, however often this is sent.")
        var idempotencyKey: String?

        @Flag(help: "Stay and watch until it has ended.")
        var watch = false

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let names = try resolvers.map { text in
                try text.split(separator: ",").map { name in
                    guard let name = ResolverName(rawValue: String(name)) else {
                        let known = ResolverName.choosable.map(\.rawValue).joined(separator: ", ")
                        throw ValidationError("resolvers: '\(name)' is no resolver; known are \(known)")
                    }
                    return name
                }
            }
            var request = try job.request(resolvers: names, webhook: webhook)
            for text in credentials {
                let (name, value) = try Self.credential(text)
                request.credentials = (request.credentials ?? [:]).merging([name: value]) { $1 }
            }
            let answer = try await server.answer(try .submit(request, idempotencyKey: idempotencyKey))
            guard watch, answer.isSuccess, let job = try? JobView(json: Data(answer.text.utf8)) else {
                return try server.show(answer)
            }
            print("job \(job.id)")
            try await server.watch(job.id)
        }

        private static func credential(_ text: String) throws -> (ResolverName, String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let name = ResolverName(rawValue: parts[0]) else {
                throw ValidationError("credential: must look like core=CORE_KEY")
            }
            guard let value = ProcessInfo.processInfo.environment[parts[1]] else {
                throw ValidationError("credential: the variable of \(name.rawValue) is not set")
            }
            return (name, value)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, newest first.")

        @Option(help: "Only jobs in this state: \(JobState.allCases.map(\.rawValue).joined(separator: ", ")).")
        var state: String?

        @Option(help: "Jobs at most.")
        var limit = 20

        @OptionGroup var server: ServerOptions

        func run() async throws { try await server.ask(.jobs(state: state, limit: limit)) }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a job and how it goes.")

        @OptionGroup var target: JobTarget

        func run() async throws { try await target.server.ask(.job(target.id)) }
    }

    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Watch a job until it has ended.",
            discussion: "Exits with 0 when it succeeded, 1 when it failed, 130 when it was cancelled.")

        @OptionGroup var target: JobTarget

        func run() async throws { try await target.server.watch(target.id) }
    }

    struct Cancel: JobActionCommand {
        static let configuration = CommandConfiguration(abstract: "Cancel a job; what it stored stays.")
        static let action = JobAction.cancel
        @OptionGroup var target: JobTarget
    }

    struct Pause: JobActionCommand {
        static let configuration = CommandConfiguration(abstract: "Pause a job.")
        static let action = JobAction.pause
        @OptionGroup var target: JobTarget
    }

    struct Resume: JobActionCommand {
        static let configuration = CommandConfiguration(abstract: "Let a paused job go on.")
        static let action = JobAction.resume
        @OptionGroup var target: JobTarget
    }

    struct Retry: JobActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take up again the works of an ended job that have no file.")
        static let action = JobAction.retry
        @OptionGroup var target: JobTarget
    }

    struct Delete: JobActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete an ended job, and those of its files that no other job has.")
        static let action = JobAction.delete
        @OptionGroup var target: JobTarget
    }
}
