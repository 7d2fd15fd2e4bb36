import ArgumentParser
import ControlPlane
import Foundation

struct Serve: SettingsCommand {
    static let reader = ConfiguredCommand.serve

    static let configuration = CommandConfiguration(
        abstract: "Run the service until SIGTERM or SIGINT.",
        discussion: """
            Logs go to standard error, one JSON object per line; the line 'listening' carries the URL. SIGHUP reads the \
            limits document again, as any change of the file does by itself.
            """
    )

    @OptionGroup(title: "Settings")
    var settings: SettingsOptions<Serve>

    func run() async throws {
        // A reload that is asked for during the start must not end it.
        signal(SIGHUP, SIG_IGN)
        let weir = try await settings.weir()
        try await explainingRefusals { try await weir.serve() }
    }
}
