extension Work {
    /// Reads an OpenAlex record; its https addresses become http ones, for there are no certificates here.
    ///
    /// - Parameter linkedPDF: what the landing page links; without it the best PDF of the locations.
    init?(record: JSON, linkedPDF: String? = nil, detours: [String: Detour] = [:], deposit: Deposit? = nil) {
        let record = record.withPlainURLs
        guard let id = record["id"]?.string.flatMap({ Self.shortID($0) }) else { return nil }
        self.id = id
        doi = record["doi"]?.string.flatMap { DOI.bare($0) }
        title = record["title"]?.string
        authors = record["authorships"]?.array.compactMap { $0["author"]?["display_name"]?.string } ?? []
        abstract = record["abstract_inverted_index"].flatMap { Self.abstract($0) }
        year = record["publication_year"]?.int
        date = record["publication_date"]?.string
        isOpenAccess = record["open_access"]?["is_oa"]?.bool ?? false
        topics = record["topics"]?.array.compactMap { Self.topic($0) } ?? []
        let best = [WorkLocation(record["best_oa_location"]), WorkLocation(record["primary_location"])]
        let others = record["locations"]?.array.map { WorkLocation($0) } ?? []
        var locations: [WorkLocation] = []
        for case let location? in best + others where !locations.contains(location) {
            locations.append(location)
        }
        self.locations = locations
        accessURL = record["open_access"]?["oa_url"]?.string
        let named = ["topics", "keywords", "concepts"].flatMap { record[$0]?.array ?? [] }
        searchText = ([title, abstract] + named.map { $0["display_name"]?.string }).compactMap { $0 }
            .joined(separator: " ")
        fields = record.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text) }
        self.linkedPDF = linkedPDF ?? locations.lazy.compactMap(\.pdfURL).first { detours[$0] == nil }
        self.detours = detours
        self.deposit = deposit
    }

    /// `W…` of an OpenAlex address or of itself.
    static func shortID(_ text: String) -> String? {
        guard let last = text.split(separator: "/").last else { return nil }
        let id = last.uppercased()
        return id.first == "W" && id.count > 1 && id.dropFirst().allSatisfy(\.isNumber) ? id : nil
    }

    private static func topic(_ json: JSON) -> Topic? {
        guard let url = json["id"]?.string, let id = url.split(separator: "/").last,
            let name = json["display_name"]?.string
        else { return nil }
        return Topic(id: id.uppercased(), url: url, name: name)
    }

    private static func abstract(_ index: JSON) -> String? {
        let words = index.members.flatMap { word, positions in
            positions.array.compactMap(\.int).map { (position: $0, word: word) }
        }
        guard !words.isEmpty else { return nil }
        return words.sorted { $0.position < $1.position }.map(\.word).joined(separator: " ")
    }
}

extension JSON {
    /// The same value with every https address turned into an http one.
    var withPlainURLs: JSON {
        switch self {
        case .string(let text) where text.hasPrefix("https://"): .string("http" + text.dropFirst(5))
        case .array(let values): .array(values.map(\.withPlainURLs))
        case .object(let members): .object(members.mapValues(\.withPlainURLs))
        default: self
        }
    }
}
