/// A host of invented works. All of them end in `.example`, which no real host does.
struct InventedHost: Sendable, Equatable {
    enum Kind: String, Sendable {
        case repository
        case journal
        case publisher
    }

    let name: String
    let kind: Kind
    /// The host its files are on.
    let files: String
    let number: Int

    static let all: [InventedHost] = {
        let repositories = [
            "repository.uni-north", "eprints.lakeside", "dspace.delta-university", "digital.estuary-institute",
            "archive.uni-moor", "scholar.highlands", "openaccess.uni-fjord", "theses.canal-college",
            "repo.wetlands-centre", "publications.hydrolab", "oar.coastal-university", "eprints.uni-karst",
        ]
        let journals = [
            "journals.riverpress", "www.jlimnology", "revistas.uni-sierra", "ojs.meadow-society", "www.floodletters",
            "journal.sediment-research", "www.fishpassage", "journals.aquaticweb", "www.hydromorphology",
            "revues.confluence", "zeitschriften.wasserbau", "www.catchment-studies",
        ]
        let publishers = [
            "www.sluicegate", "link.weirhouse", "onlinelibrary.millrace", "www.brookandpond", "academic.headwaters",
        ]
        let groups: [(InventedHost.Kind, [String])] = [
            (.repository, repositories), (.journal, journals), (.publisher, publishers),
        ]
        let named = groups.flatMap { kind, names in names.map { (kind, $0) } }
        return named.enumerated().map { number, entry in
            let (kind, name) = entry
            let domain = name.drop { $0 != "." }
            // A third keep their files elsewhere, which makes some forty hosts in all.
            let files = number % 3 == 1 ? "\(kind == .repository ? "bitstreams" : "files")\(domain)" : name
            return InventedHost(name: "\(name).example", kind: kind, files: "\(files).example", number: number)
        }
    }()

    /// Some hosts have far more works than others.
    static func random(using generator: inout SplitMix64) -> InventedHost {
        let place = min(
            Int.random(in: all.indices, using: &generator), Int.random(in: all.indices, using: &generator))
        return all[place * 7 % all.count]
    }

    func landingURL(_ number: Int) -> String {
        switch kind {
        case .repository: "https://\(name)/record/\(number)"
        case .journal: "https://\(name)/index.php/issue/article/view?id=\(number)&lang=en"
        case .publisher: "https://\(name)/doi/abs/10.5\(550 + self.number)/\(number)"
        }
    }

    func pdfURL(_ number: Int) -> String {
        switch (kind, number % 3) {
        case (.repository, 0): "https://\(files)/bitstream/\(number)/1/paper.pdf?sequence=1&isAllowed=y"
        case (.repository, 1): "https://\(files)/files/\(number)/Rivers%20and%20floods.pdf"
        case (.repository, _): "https://\(files)/server/bitstreams/\(number)/download"
        case (.journal, 0): "https://\(files)/index.php/issue/article/download/\(number)/\(number + 7)"
        case (.journal, _): "https://\(files)/pdf/\(number).pdf"
        case (.publisher, 0): "https://\(files)/doi/pdf/10.5\(550 + self.number)/\(number)?download=true"
        case (.publisher, _): "https://\(files)/content/\(number)/fulltext.pdf"
        }
    }
}
