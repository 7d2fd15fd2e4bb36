import ArgumentParser
import ControlPlane
import Foundation
import Harvesting
import Logging

struct Harvest: SettingsCommand {
    static let reader = ConfiguredCommand.harvest

    static let configuration = CommandConfiguration(
        abstract: "Run one harvest in this process and wait for its end.",
        discussion: """
            Give exactly one of --topic, --topic-id, --doi, --url and --works. Files and manifest are below the data \
            folder; running the same harvest again downloads nothing twice. Exits with 0 when the job succeeded, 1 when \
            it failed, 130 when it was interrupted.
            """
    )

    @OptionGroup(title: "What to harvest")
    var job: JobOptions

    @Flag(help: "Print the job as JSON lines while it runs, for programs.")
    var json = false

    @OptionGroup(title: "Settings")
    var settings: SettingsOptions<Harvest>

    private static func refuse(_ problems: [FieldError]) throws {
        guard problems.isEmpty else {
            throw ValidationError(problems.map { "\($0.path): \($0.message)" }.joined(separator: "\n"))
        }
    }

    func run() async throws {
        let request = try job.request()
        try Self.refuse(request.problems())
        let weir = try await settings.weir(defaultLevel: .warning)
        try Self.refuse(weir.problems(of: request))
        let job = try await weir.harvest(request, progress: progressView(json: json))
        if !json, job.state == .succeeded {
            print("artifacts: \(weir.artifactFolder)")
            print("manifest:  \(weir.manifestFile(of: job.id))")
        }
        switch job.state {
        case .succeeded: return
        case .cancelled: throw ExitCode(130)
        case .failed, .queued, .running, .paused: throw ExitCode.failure
        }
    }
}
