/// Titles, names and abstracts about rivers.
struct InventedText {
    private static let subjects = [
        "Sediment transport", "Fish migration", "Flood frequency", "Nutrient loads", "Bank erosion", "Ice cover",
        "Macroinvertebrate diversity", "Groundwater exchange", "Low flows", "Weir removal", "Channel planform",
        "Carbon export", "Water temperature", "Riparian vegetation", "Microplastics", "Navigation and trade",
    ]
    private static let settings = [
        "alpine rivers", "lowland rivers", "braided rivers", "tropical rivers", "urban rivers", "regulated rivers",
        "chalk rivers", "Arctic rivers", "intermittent rivers", "large rivers", "rivers of the karst",
        "peatland rivers",
    ]
    private static let manners = [
        "a review", "evidence from thirty years of data", "a modelling study", "lessons from practice",
        "a paired-catchment experiment", "theory & measurement", "what gauges tell", "an açaí-basin case study",
    ]
    private static let given = [
        "Ana", "Björn", "Chen", "Dorothea", "Émile", "Fatima", "Grace", "Hiroshi", "Ingrid", "João", "Katarzyna",
        "Liam", "Mwangi", "Nadia", "Olu", "Priya",
    ]
    private static let family = [
        "Andersson", "Brook", "Castillo", "Dubois", "Eze", "Fischer", "García", "Haas", "Ivanova", "Jensen", "Kim",
        "Lindqvist", "Müller", "Nakamura", "O'Neill", "Petrov",
    ]
    private static let clauses = [
        "We measured discharge at gauges along the main stem", "The results differ between wet and dry years",
        "Rivers respond to land use within a decade", "Uncertainty is largest during floods",
        "Samples were taken every second week", "A simple budget closes within ten percent",
        "Managers can use the method without new instruments", "The effect of weirs reaches far upstream",
        "Earlier studies had overlooked the tributaries", "We discuss what this means for restoration",
    ]

    static func title(using generator: inout SplitMix64) -> String {
        "\(pick(subjects, &generator)) in \(pick(settings, &generator)): \(pick(manners, &generator))"
    }

    static func authors(using generator: inout SplitMix64) -> [String] {
        (0..<Int.random(in: 1...5, using: &generator)).map { _ in
            "\(pick(given, &generator)) \(pick(family, &generator))"
        }
    }

    static func abstract(using generator: inout SplitMix64) -> String {
        let count = Int.random(in: 3...7, using: &generator)
        return clauses.shuffled(using: &generator).prefix(count).joined(separator: ". ") + "."
    }

    private static func pick(_ words: [String], _ generator: inout SplitMix64) -> String {
        words[Int.random(in: words.indices, using: &generator)]
    }
}
