/// The topics of invented works, in OpenAlex's shape.
enum InventedTopics {
    private static let names = [
        "River ecology and conservation", "Fluvial geomorphology", "Flood risk and hydrology",
        "Freshwater fish migration", "Water quality and nutrients", "History of waterways",
    ]

    /// The first is the primary one.
    static func random(using generator: inout SplitMix64) -> [JSON] {
        let count = Int.random(in: 1...3, using: &generator)
        return names.indices.shuffled(using: &generator).prefix(count).enumerated().map { rank, number in
            [
                "id": "https://openalex.org/T\(90_001 + number)",
                "display_name": .string(names[number]),
                "score": .number("0.9\(9 - rank)"),
                "field": ["id": "https://openalex.org/fields/23", "display_name": "Environmental Science"],
            ]
        }
    }
}
