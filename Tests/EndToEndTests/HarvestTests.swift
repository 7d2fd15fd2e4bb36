import Foundation
import TestSupport
import Testing

/// Real processes on both sides: `weir harvest` against `upstream-simulator`.
@Suite(.serialized) struct HarvestTests {
    /// Every work that offers a file has it, every other is in the manifest with its reason, and nobody was pressed.
    private func expectComplete(_ river: River, _ harvest: RunningProcess) async throws {
        #expect(await harvest.exit() == 0, "\(harvest.output.joined(separator: "\n"))")
        let truth = try await river.truth()
        let manifest = try #require(harvest.output.last?.split(separator: " ").last.map(String.init))
        let works = try ManifestLine.works(in: Data(contentsOf: URL(filePath: manifest)))
        let complete = works.filter { $0.classification == "pdf" || $0.classification == "cached" }
        let others = works.filter { $0.sha256 == nil }
        #expect(Set(complete.map(\.workID)) == truth.offering)
        #expect(Set(others.map(\.workID)) == truth.others)
        #expect(others.allSatisfy { $0.reason != nil })
        let files = try river.files()
        #expect(Set(files.map { $0.suffix(68) }) == Set(complete.compactMap(\.path).map { $0.suffix(68) }))
        for file in files { #expect(try await opensAsPDF(file), "\(file)") }
        let report = try await river.report()
        #expect(report.worstExcess == 0)
        #expect(report.rejected == 0)
        #expect(report.repeatedArtifactURLs.isEmpty)
    }

    @Test func everyOfferedFileIsHarvestedWhateverGoesWrongOnTheWay() async throws {
        let faults = ["429-retry-after", "503", "truncate", "reset", "redirect"].flatMap { ["--fault", "\($0)=0.03"] }
        let river = try await River(simulator: ["--generate", "60", "--seed", "7"] + faults)
        let arguments = ["--topic", "rivers", "--max", "500", "--workers", "8", "--attempts-per-work", "60"]
        try await expectComplete(river, try river.harvest(arguments))

        let before = try await river.report()
        try await expectComplete(river, try river.harvest(arguments))
        let after = try await river.report()
        #expect(after.artifactRequests == before.artifactRequests, "a second run downloads nothing twice")
    }

    @Test func aGuardKeepsLimitsEvenByAJudgeWithoutTolerance() async throws {
        let river = try await River(simulator: ["--generate", "60", "--seed", "8", "--jitter-tolerance-ms", "0"])
        try await expectComplete(
            river, try river.harvest(["--topic", "rivers", "--workers", "8"], guardMilliseconds: 50))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["WEIR_RECORDED_WORKS"] != nil), arguments: [0, 50])
    func recordedWorksAreHarvested(_ guardMilliseconds: Int) async throws {
        let folder = try #require(ProcessInfo.processInfo.environment["WEIR_RECORDED_WORKS"])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        let tolerance = guardMilliseconds == 0 ? "50" : "0"
        let river = try await River(
            simulator: ["--jitter-tolerance-ms", tolerance, "--works"] + files.map { "\(folder)/\($0)" })
        let topic = ["--topic", "and", "--max", "500", "--workers", "8"]
        try await expectComplete(river, try river.harvest(topic, guardMilliseconds: guardMilliseconds))
        let before = try await river.report()
        try await expectComplete(river, try river.harvest(topic, guardMilliseconds: guardMilliseconds))
        #expect(try await river.report().artifactRequests == before.artifactRequests)
    }

    @Test func aDryRunDownloadsNothing() async throws {
        let river = try await River(simulator: ["--generate", "40", "--seed", "9"])
        let harvest = try river.harvest(["--topic", "rivers", "--dry-run"])
        #expect(await harvest.exit() == 0)
        #expect(try await river.report().artifactRequests == 0)
        #expect(try river.files().isEmpty)
    }

    @Test func aTopicIsFoundByItsName() async throws {
        let river = try await River(simulator: ["--generate", "40", "--seed", "9"])
        let named = try river.harvest(["--topic", "flood risk", "--resolve-topic", "--list-only"])
        #expect(await named.exit() == 0, "\(named.output.joined(separator: "\n"))")
        let listed = try #require(
            named.output.last { $0.hasPrefix("succeeded") }?.firstMatch(of: #/(\d+)/\d+ works/#)?.1)
        #expect((1..<40).contains(Int(listed) ?? 0))
        let unknown = try river.harvest(["--topic", "astrology", "--resolve-topic", "--list-only"])
        #expect(await unknown.exit() == 1)
        #expect(unknown.output.contains { $0.hasPrefix("failed: topic_unknown") })
    }

    @Test func givenDOIsAndURLsAreHarvested() async throws {
        let river = try await River(simulator: ["--generate", "40", "--seed", "10"])
        struct Line: Decodable {
            let doi: String?
            let pdfURLs: [String]

            enum CodingKeys: String, CodingKey {
                case doi
                case pdfURLs = "pdf_urls"
            }
        }
        let offers = try await HTTP.get("\(river.proxy)/_sim/works").body.split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(Line.self, from: $0) }.filter { !$0.pdfURLs.isEmpty }
        let dois = offers.compactMap(\.doi).prefix(5)
        let byDOI = try river.harvest(dois.flatMap { ["--doi", $0] })
        #expect(await byDOI.exit() == 0)
        #expect(try river.files().count == dois.count)
        let urls = offers.filter { !dois.contains($0.doi ?? "") }.prefix(3).compactMap(\.pdfURLs.first)
        let byURL = try river.harvest(urls.flatMap { ["--url", $0] })
        #expect(await byURL.exit() == 0)
        #expect(try river.files().count == dois.count + urls.count)
    }

    @Test func anInterruptedHarvestIsCancelledAndAKilledOneGoesOn() async throws {
        let river = try await River(simulator: ["--generate", "120", "--seed", "13"])
        let arguments = ["--topic", "rivers", "--max", "500", "--workers", "2"]
        for (signal, code) in [(SIGINT, 130), (SIGKILL, -SIGKILL)] {
            let harvest = try river.harvest(arguments)
            _ = try await harvest.captured(#/(\d+) downloaded \([1-9]/#)
            harvest.signal(signal)
            #expect(await harvest.exit() == code)
        }
        let last = try river.harvest(arguments + ["--workers", "2"])
        #expect(await last.exit() == 0)
        let report = try await river.report()
        #expect(report.artifactURLs == (try await river.truth()).offering.count)
        // A request that a signal cut off may have been answered whole by the other side.
        #expect(report.repeatedArtifactURLs.count <= 4)
    }

    @Test func aFailedJobSaysWhyAndExitsWithFailure() async throws {
        let river = try await River(simulator: ["--generate", "5"])
        let settings = try river.settings() + ["--openalex-base-url", "http://nowhere.example/api"]
        let harvest = try RunningProcess("weir", ["harvest", "--topic", "rivers"] + settings)
        #expect(await harvest.exit() == 1)
        #expect(harvest.output.contains { $0.hasPrefix("failed: metadata_unavailable") })
    }

    @Test func badArgumentsAreExplained() async throws {
        let harvest = try RunningProcess("weir", ["harvest", "--max", "0"])
        #expect(await harvest.exit() != 0)
        #expect(harvest.output.contains { $0.contains("give exactly one of topic, topic_id, dois, urls and works") })
        #expect(harvest.output.contains { $0.contains("max: must be 1 to 100000") })
    }
}
