import ArgumentParser
import ControlPlane
import Foundation
import Harvesting

/// What a job is to harvest, as flags.
struct JobOptions: ParsableArguments {
    @Option(help: "Text to search works for.")
    var topic: String?

    @Flag(help: "The topic is one of OpenAlex's own, which is found by its name, and its works are wanted.")
    var resolveTopic = false

    @Option(help: ArgumentHelp("A topic of OpenAlex.", valueName: "T10325"))
    var topicId: String?

    @Option(name: .customLong("doi"), help: "A work by its DOI; may be repeated.")
    var dois: [String] = []

    @Option(name: .customLong("url"), help: "A file or landing page; may be repeated.")
    var urls: [String] = []

    @Option(
        help: ArgumentHelp(
            "Works as JSON lines, each with doi or url, and title and publication_year where they are known; - is "
                + "standard input.", valueName: "file"))
    var works: String?

    @Option(help: "First year of publication; with topics.")
    var yearStart: Int?

    @Option(help: "Last year of publication; with topics.")
    var yearEnd: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "List open works only (topics); --no-oa-only looks for closed ones as well (default: they are skipped).")
    var oaOnly: Bool?

    @Option(help: "Works at most (default: \(JobRequest.defaultMax), or all that are given).")
    var max: Int?

    @Option(help: "Requests under way at once (default: \(JobRequest.defaultWorkers)).")
    var workers: Int?

    @Option(help: "Requests that one work may cost (default: 20).")
    var attemptsPerWork: Int?

    @Option(help: "Bytes of files after which no more is begun.")
    var maxBytes: Int?

    @Option(help: "Seconds after which no more is begun.")
    var maxSeconds: Int?

    @Flag(help: "Resolve and plan only: download and store nothing.")
    var dryRun = false

    @Flag(help: "List the works only: ask nobody where their files are.")
    var listOnly = false

    /// - Throws: `ValidationError` where the works cannot be read.
    func request(resolvers: [ResolverName]? = nil, webhook: String? = nil) throws -> JobRequest {
        JobRequest(
            topic: topic, resolveTopic: resolveTopic ? true : nil, topicID: topicId, dois: dois.isEmpty ? nil : dois,
            urls: urls.isEmpty ? nil : urls,
            works: try works.map(Self.read), yearStart: yearStart, yearEnd: yearEnd, oaOnly: oaOnly, max: max,
            workers: workers, resolvers: resolvers, attemptsPerWork: attemptsPerWork, maxBytes: maxBytes,
            maxSeconds: maxSeconds, dryRun: dryRun ? true : nil, listOnly: listOnly ? true : nil, webhook: webhook)
    }

    private static func read(_ file: String) throws -> [GivenWork] {
        let text: Data
        do {
            text =
                try file == "-" ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(filePath: file))
        } catch {
            throw ValidationError("works: the file '\(file)' is not there or cannot be read")
        }
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try lines.enumerated().compactMap { number, line in
            guard line.contains(where: { $0 > 0x20 }) else { return nil }
            do {
                return try JSONDecoder().decode(GivenWork.self, from: line)
            } catch {
                throw ValidationError(
                    "works: line \(number + 1) of '\(file)' is not a JSON object such as {\"doi\":\"10.1000/xyz\"}")
            }
        }
    }
}
