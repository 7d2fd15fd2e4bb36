/// Finds the name that was probably meant.
enum Spelling {
    /// The one of `names` that is nearest to `text`, where at most a third of its letters differ.
    static func nearest(to text: String, in names: some Sequence<String>) -> String? {
        let length = text.utf8.count
        return names.filter { abs($0.utf8.count - length) <= tolerance($0) }
            .map { (name: $0, distance: distance(text.lowercased(), $0.lowercased())) }
            .filter { $0.distance <= tolerance($0.name) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    private static func tolerance(_ name: String) -> Int { max(1, name.utf8.count / 3) }

    /// `; did you mean 'rates'?`, or which names are known.
    static func hint(for text: String, in names: some Sequence<String>) -> String {
        if let nearest = nearest(to: text, in: names) { return "; did you mean '\(nearest)'?" }
        return "; known here: \(names.joined(separator: ", "))"
    }

    /// Letters to insert, drop, replace or swap with their neighbour to turn one text into the other (optimal string
    /// alignment).
    static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.prefix(64).utf8), Array(second.prefix(64).utf8))
        var before: [Int] = []
        var row = Array(0...second.count)
        for (i, a) in first.enumerated() {
            var next = [i + 1]
            for (j, b) in second.enumerated() {
                var least = min(row[j] + (a == b ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, a == second[j - 1], first[i - 1] == b { least = min(least, before[j - 1] + 1) }
                next.append(least)
            }
            (before, row) = (row, next)
        }
        return row[second.count]
    }
}
