/// Which works contain a word.
struct SearchIndex: Sendable {
    private var places: [String: [Int32]] = [:]

    init(_ texts: some Sequence<String>) {
        for (number, text) in texts.enumerated() {
            for stem in Set(WordFolding.stems(of: text)) {
                places[stem, default: []].append(Int32(number))
            }
        }
    }

    /// The numbers of the works that contain every word of the query, ascending.
    func works(matching query: String) -> [Int] {
        let lists = Set(WordFolding.stems(of: query)).map { places[$0] ?? [] }.sorted { $0.count < $1.count }
        guard var found = lists.first else { return [] }
        for list in lists.dropFirst() {
            let others = Set(list)
            found.removeAll { !others.contains($0) }
        }
        return found.map { Int($0) }
    }
}
