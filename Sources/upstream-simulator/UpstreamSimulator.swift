import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import SimulatedUpstream
import UnixSignals

@main
struct UpstreamSimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream-simulator",
        abstract: "Stands in for the scholarly web: OpenAlex, doi.org, landing pages, file hosts and who knows them.",
        discussion: """
            Use it as an HTTP proxy. It answers by the real host names, over plain http:

              curl -x http://127.0.0.1:8899 'http://api.openalex.org/works?search=rivers'

            With Weir, from its repository's folder, in two terminals:

              upstream-simulator --generate 30
              weir harvest --topic rivers --max 5 --proxy http://127.0.0.1:8899 --config config/simulated.yaml

            Of the invented works a tenth is known to one service alone: Unpaywall, Crossref, arXiv, Europe PMC, CORE, \
            DOAJ, Semantic Scholar, Zenodo, OSF, OpenAIRE, HAL, Figshare or the Wayback Machine.

            It counts every request against the limits it is given and answers 429 above them.
            GET /_sim/report tells what was counted, DELETE /_sim/report starts anew,
            GET /_sim/works tells for each work whether and where its PDF is, one JSON line each.
            """)

    @Option(help: "Where to take connections; port 0 is any free one.", transform: ListenAddress.init(parsing:))
    var listen: ListenAddress?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Recorded answers of OpenAlex's GET /works to serve.", valueName: "file"))
    var works: [String] = []

    @Option(
        help: ArgumentHelp("Serve this many invented works instead; all match the search 'rivers'.", valueName: "n"))
    var generate: Int?

    @Option(help: ArgumentHelp("The seed of the invented works.", valueName: "s"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "A host's limit, HOST[:ROLE]=RATE[,RATE...]. May be repeated.",
            discussion: """
                HOST may be *, for each host without a rule of its own. ROLE is metadata, landing or artifact; without \
                it all requests count. RATE is such as 10/SECOND, 5000/HOUR, 1/3SECOND, 10/s or 300/5m.
                """),
        transform: LimitRule.init(parsing:))
    var limit: [LimitRule] = []

    @Option(help: ArgumentHelp("Shortens every interval that is judged by this much.", valueName: "ms"))
    var jitterToleranceMs = 50

    @Option(
        help: ArgumentHelp(
            "Makes a share (0 to 1) of the URLs misbehave, KIND=SHARE. May be repeated.",
            discussion: """
                KIND is 429, 429-retry-after, 503, slow, truncate, wrong-length, reset or redirect (at the first \
                request of a URL only), or wrong-type, endless, drip, gzip-bomb, redirect-loop or redirect-internal \
                (always). 429, 429-retry-after, 503 and gzip-bomb befall OpenAlex too, wrong-type only files.
                """),
        transform: FaultShare.init(parsing:))
    var fault: [FaultShare] = []

    @Flag(help: "Lets all faults befall every request, and not some only the first.")
    var faultEveryRequest = false

    @Option(help: ArgumentHelp("How long a slow body takes.", valueName: "ms"))
    var slowBodyMs = 3_000

    @Option(
        help: ArgumentHelp(
            "What a host answers for /robots.txt, HOST=RULE. May be repeated.",
            discussion: """
                HOST may be *, for each host without a rule of its own. RULE is allow (the default), disallow, \
                unavailable (503), missing (404) or delay:SECONDS (a Crawl-delay).
                """),
        transform: RobotsRule.init(parsing:))
    var robots: [RobotsRule] = []

    func validate() throws {
        guard works.isEmpty != (generate == nil) else {
            throw ValidationError("Give either --works FILE... or --generate N.")
        }
        guard (1...1_000_000).contains(generate ?? 1) else {
            throw ValidationError("--generate must be between 1 and 1000000.")
        }
        guard (0...600_000).contains(slowBodyMs) else {
            throw ValidationError("--slow-body-ms must be between 0 and 600000.")
        }
    }

    func run() async throws {
        let catalog: Catalog
        let server: UpstreamServer
        do {
            let address = try listen ?? ListenAddress(parsing: "127.0.0.1:8899")
            catalog = try generate.map { Catalog(generated: $0, seed: seed) } ?? Catalog(recorded: works)
            let count = catalog.count
            server = try UpstreamServer(
                configuration: UpstreamConfiguration(
                    address: address, limits: limit, toleranceMilliseconds: jitterToleranceMs, faults: fault,
                    faultsEveryRequest: faultEveryRequest, slowBodyMilliseconds: slowBodyMs, robots: robots),
                catalog: catalog,
                onListening: { port in
                    let line = "upstream-simulator listening on \(address.host):\(port), \(count) works\n"
                    try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
                })
        } catch let problem as ArgumentProblem {
            throw ValidationError(problem.description)
        }
        try await serve(server)
    }

    /// Signals end it at once: there is nothing here worth finishing.
    private func serve(_ server: UpstreamServer) async throws {
        var logger = Logger(label: "upstream-simulator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let group = ServiceGroup(
            configuration: .init(services: [server], cancellationSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch is CancellationError {
            return
        }
    }
}
