import ArgumentParser
import ControlPlane
import Foundation
import Logging
import Metrics

struct GatewayCommand: SettingsCommand {
    static let reader = ConfiguredCommand.gateway

    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Run a caching, limiting reverse proxy in front of one API.",
        discussion: """
            For clients that can change nothing but a base URL: they ask the gateway as they would ask the origin. \
            Answers are cached as RFC 9111 says, the rest waits for its turn under the limits of the role metadata.

              weir gateway --origin https://api.openalex.org --listen 127.0.0.1:8090 --data gateway-data
            """
    )

    enum CacheMode: String, CaseIterable, ExpressibleByArgument {
        case shared
        case `private`
    }

    @Option(help: "Base URL of the API; it may be inside the private network.")
    var origin: String

    @Option(help: "HOST:PORT to listen on; port 0 is any free one.")
    var listen = "127.0.0.1:8090"

    @Option(
        help: """
            HOST:PORT to answer operators on: health, /metrics, usage, leases, pauses (POST /v1/hosts/HOST/resume), limits \
            and the cache; nobody but them should reach it.
            """)
    var control: String?

    @Option(help: "Whether the cache serves several users, or one: then what is for one user only is kept too.")
    var cacheMode = CacheMode.shared

    @Flag(
        inversion: .prefixedNo,
        help: "Whether a shared cache stores a response with Set-Cookie that says how long it is fresh (RFC 9111, 7.3)."
    )
    var storeSetCookie = true

    @OptionGroup(title: "Settings")
    var settings: SettingsOptions<GatewayCommand>

    func run() async throws {
        signal(SIGHUP, SIG_IGN)
        let listen = try Self.address(listen, "--listen")
        let control = try control.map { try Self.address($0, "--control") }
        let gateway = try await explainingRefusals {
            let settings = try await settings.load(adding: [(.host, listen.host), (.port, "\(listen.port)")])
            let metrics = TelemetrySystem.bootstrap(logLevel: settings.logLevel)
            return try Gateway(
                settings: settings, origin: origin, isShared: cacheMode == .shared, storesCookies: storeSetCookie,
                control: control, metrics: metrics,
                logger: Logger(label: "weir"))
        }
        try await explainingRefusals { try await gateway.serve() }
    }

    private static func address(_ text: String, _ option: String) throws -> ListenAddress {
        guard let address = ListenAddress(parsing: text) else {
            throw ValidationError("\(option) must be HOST:PORT, such as 127.0.0.1:8090, not '\(text)'.")
        }
        return address
    }
}
