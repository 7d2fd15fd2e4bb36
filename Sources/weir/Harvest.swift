import ArgumentParser
import ControlPlane
import Foundation
import Harvesting
import Logging

struct Harvest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one harvest in this process and wait for its end.",
        discussion: """
            Give exactly one of --topic, --doi and --url. Files and manifest are below the data folder; running the \
            same harvest again downloads nothing twice. Exits with 0 when the job succeeded, 1 when it failed, 130 \
            when it was interrupted.
            """
    )

    @Option(help: "Text to search works for.")
    var topic: String?

    @Option(name: .customLong("doi"), help: "A work by its DOI; may be repeated.")
    var dois: [String] = []

    @Option(name: .customLong("url"), help: "A file or landing page; may be repeated.")
    var urls: [String] = []

    @Option(help: "First year of publication; with --topic.")
    var yearStart: Int?

    @Option(help: "Last year of publication; with --topic.")
    var yearEnd: Int?

    @Option(help: "Works at most (default: \(JobRequest.defaultMax), or all that are given).")
    var max: Int?

    @Option(help: "Requests under way at once (default: \(JobRequest.defaultWorkers)).")
    var workers: Int?

    @Flag(help: "Resolve and plan only: download and store nothing.")
    var dryRun = false

    @OptionGroup(title: "Settings")
    var settings: SettingsOptions

    private var request: JobRequest {
        JobRequest(
            topic: topic, dois: dois.isEmpty ? nil : dois, urls: urls.isEmpty ? nil : urls,
            yearStart: yearStart, yearEnd: yearEnd, max: max, workers: workers, dryRun: dryRun)
    }

    func validate() throws {
        let problems = request.problems()
        guard problems.isEmpty else {
            throw ValidationError(problems.map { "\($0.path): \($0.message)" }.joined(separator: "\n"))
        }
    }

    func run() async throws {
        let weir = try await settings.weir(defaultLevel: .warning)
        let job = try await weir.harvest(request, progress: ProgressPrinter())
        switch job.state {
        case .succeeded:
            print("artifacts: \(weir.artifactFolder)")
            print("manifest:  \(weir.manifestFile(of: job.id))")
        case .cancelled: throw ExitCode(130)
        case .failed, .queued, .running, .paused: throw ExitCode.failure
        }
    }
}
