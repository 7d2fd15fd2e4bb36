import Fetching
import Foundation
import Harvesting
import RateLimiting
import Testing

@testable import ControlPlane

/// What operators of services publish, of which the limits that are compiled in allow no more.
@Suite("The limits that are compiled in") struct BuiltInLimitsTests {
    /// A limit that holds for several hosts together, in all roles.
    struct Published: CustomTestStringConvertible, Sendable {
        let hosts: [String]
        let rates: [String]
        var concurrent: Int?

        var testDescription: String { "\(hosts.joined(separator: ", ")): \(rates.joined(separator: ", "))" }
    }

    static let published = [
        Published(hosts: ["export.arxiv.org", "arxiv.org", "oaipmh.arxiv.org"], rates: ["1/3SECOND"], concurrent: 1),
        Published(hosts: ["arxiv.org"], rates: ["1/15SECOND"], concurrent: 1),
        // Without a mail address.
        Published(hosts: ["api.crossref.org"], rates: ["1/SECOND"], concurrent: 1),
        Published(hosts: ["api.crossref.org", "doi.org"], rates: ["5/SECOND"]),
        Published(hosts: ["doi.org"], rates: ["1000/5MINUTE"]),
        Published(hosts: ["api.openalex.org"], rates: ["100/SECOND", "1000/DAY"]),
        Published(hosts: ["content.openalex.org"], rates: ["10/DAY"]),
        Published(hosts: ["api.unpaywall.org"], rates: ["10/SECOND", "100000/DAY"]),
        Published(hosts: ["www.ebi.ac.uk", "europepmc.org"], rates: ["5/SECOND", "500/MINUTE"], concurrent: 4),
        Published(hosts: ["api.core.ac.uk", "core.ac.uk"], rates: ["5/10SECOND", "1000/DAY"]),
        Published(hosts: ["doaj.org"], rates: ["2/SECOND"], concurrent: 2),
        Published(hosts: ["api.semanticscholar.org"], rates: ["1/10SECOND"]),
        Published(hosts: ["zenodo.org"], rates: ["60/MINUTE", "2000/HOUR"], concurrent: 2),
        Published(hosts: ["api.osf.io", "osf.io", "files.osf.io"], rates: ["100/HOUR"]),
        Published(hosts: ["api.openaire.eu"], rates: ["60/HOUR"]),
        Published(hosts: ["api.archives-ouvertes.fr", "hal.science"], rates: ["2/SECOND"], concurrent: 2),
        Published(hosts: ["api.figshare.com", "ndownloader.figshare.com"], rates: ["1/SECOND"]),
        Published(
            hosts: ["eutils.ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov"], rates: ["3/SECOND"]),
        Published(hosts: ["api.datacite.org"], rates: ["500/5MINUTE"]),
        Published(
            hosts: ["api.biorxiv.org", "api.medrxiv.org", "www.biorxiv.org", "www.medrxiv.org"], rates: ["1/SECOND"],
            concurrent: 1),
        Published(hosts: ["pub.orcid.org"], rates: ["12/SECOND", "100000/DAY"]),
        Published(hosts: ["api.ror.org"], rates: ["50/5MINUTE"]),
    ]

    private static let table = LimitTable(version: 1, document: .builtIn)

    private static func policies(of hosts: [String]) throws -> [Policy] {
        try hosts.flatMap { host in
            try FetchRole.allCases.map { role in
                try #require(table.policy(for: LimitKey(host: host, role: role.rawValue)), "\(host) \(role)")
            }
        }
    }

    /// No policy can allow less than one unit, so a limit of fewer units than policies draw on it holds in the long run.
    @Test("allow no more than is published, all roles and hosts together", arguments: published)
    func rates(_ limit: Published) throws {
        let policies = try Self.policies(of: limit.hosts)
        for text in limit.rates {
            let rate = try Rate(parsing: text)
            let steady = policies.map { $0.windows.map { Double($0.units) / Double($0.interval) }.min() ?? .infinity }
            let allowed = Double(rate.units) / Double(rate.interval)
            #expect(steady.reduce(0, +) <= allowed * (1 + 1e-9), "\(text) in the long run")
            guard rate.units >= policies.count else { continue }
            let most = policies.map { policy in
                policy.windows.map { $0.units * Int((rate.interval - 1) / $0.interval + 1) }.min() ?? .max
            }
            #expect(most.reduce(0) { $0.addingReportingOverflow($1).partialValue } <= rate.units, "\(text) at once")
        }
        guard let concurrent = limit.concurrent else { return }
        let most = try policies.map { try #require($0.maxConcurrent) }.reduce(0, +)
        #expect(most <= max(concurrent, policies.count))
    }

    /// Lists of captures on one host, availability on the other.
    @Test("keep to what the Internet Archive asks of look-ups")
    func wayback() throws {
        let policies = try ["archive.org", "web.archive.org"].map {
            try #require(Self.table.policy(for: LimitKey(host: $0, role: "metadata")))
        }
        let steady = policies.map {
            $0.windows.map { Double($0.units) * 60e6 / Double($0.interval) }.min() ?? .infinity
        }
        #expect(steady.reduce(0, +) <= 24)
        #expect(policies.map(\.maxConcurrent) == [1, 1])
    }

    @Test("name every host that a resolver or a list of works asks")
    func hosts() throws {
        let urls =
            ResolverName.allCases.compactMap(\.publicBaseURL) + [Settings().openAlexBaseURL, Settings().doiBaseURL]
        for url in urls {
            let host = try #require(URL(string: url)?.host())
            #expect(LimitsDocument.builtIn.hosts[host]?["metadata"]?.rates != nil, "\(host)")
        }
    }

    @Test("have nothing odd about them, and are written out as they are in force")
    func document() throws {
        let limits = try EffectiveLimits([])
        #expect(limits.warnings.isEmpty, "\(limits.warnings)")
        #expect(limits.values.values.allSatisfy { "\($0.origin)" == "built in" })
        #expect(try EffectiveLimits(yaml: LimitsLayer.builtInDocument).document == limits.document)
    }

    @Test("are overridden value by value, every one of them")
    func overriding() throws {
        let yaml = """
            version: 1
            hosts: { export.arxiv.org: { metadata: { rates: [1/4SECOND] } } }
            """
        let limits = try EffectiveLimits(yaml: yaml)
        let explained = try #require(PolicyExplanation(host: "export.arxiv.org", role: "metadata", in: limits))
        let origins = Dictionary(uniqueKeysWithValues: explained.lines.map { ($0.key, "\($0.origin)") })
        #expect(origins["rates"] == "file limits.yaml:2" && origins["max_concurrent"] == "built in")
        for path in LimitsLayer.builtIn.values.keys {
            guard case .host = path, let kind = LimitsSchema.kind(of: path) else { continue }
            let text: String =
                switch kind {
                case .rates: "999/SECOND"
                case .int: "999"
                default: try #require(nil, "\(path)")
                }
            let patch = try JSON.encoder.encode(try LimitsCoding.patch(["\(path)=\(text)"]))
            let overlay = try LimitsReader.read(DocumentNode(json: patch), for: .patch) { _ in .api(version: 2) }.layer
            #expect(try EffectiveLimits([overlay]).values[path]?.origin == .api(version: 2), "\(path)")
        }
    }

    @Test("hold below wildcards, which is said where somebody writes one")
    func wildcards() throws {
        let limits = try EffectiveLimits(
            yaml: "version: 1\nhosts: { '*.arxiv.org': { metadata: { rates: [1/MINUTE], max_concurrent: 1 } } }")
        let table = LimitTable(version: 1, document: limits.document)
        func rates(_ host: String) -> [String]? {
            table.policy(for: LimitKey(host: host, role: "metadata"))?.windows.map(\.rate.description)
        }
        #expect(rates("export.arxiv.org") == ["1/6SECOND"] && rates("rss.arxiv.org") == ["1/MINUTE"])
        #expect(limits.warnings.map(\.path) == ["hosts.*.arxiv.org.metadata.rates"])
        #expect(limits.warnings.first?.message.contains("has no effect on export.arxiv.org") == true)
    }

    @Test("are set aside by the shipped limits of the simulated internet, host by host")
    func simulated() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../config/simulated-ratelimits.yaml").standardizedFileURL.path()
        let limits = try EffectiveLimits(file: file)
        for (path, entry) in limits.values {
            if case .host = path { #expect(entry.origin != .builtIn, "\(path)") }
        }
    }
}
