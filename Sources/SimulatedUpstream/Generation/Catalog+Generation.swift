extension Catalog {
    /// Invents works; the same seed gives the same ones.
    package init(generated count: Int, seed: UInt64) {
        self.init(works: (0..<count).compactMap { Work(WorkDraft(number: $0, seed: seed)) })
    }
}
