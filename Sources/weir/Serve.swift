import ArgumentParser
import ControlPlane

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the service until SIGTERM or SIGINT.",
        discussion: "Logs go to standard error, one JSON object per line; the line 'listening' carries the URL."
    )

    @Option(help: "Address to listen on (WEIR_HOST; default: 127.0.0.1).")
    var host: String?

    @Option(help: "Port to listen on, 0 for any free one (WEIR_PORT; default: 8080).")
    var port: Int?

    @OptionGroup(title: "Settings")
    var settings: SettingsOptions

    func run() async throws {
        let weir = try await settings.weir(adding: ["host": host, "port": port.map(String.init)])
        try await weir.serve()
    }
}
