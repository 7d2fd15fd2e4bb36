/// Which resolvers are asked about a work, and in which order.
package struct ResolverOrder: Codable, Hashable, Sendable {
    /// Works of a kind that one resolver knows best.
    package enum Cohort: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
        /// Works in PubMed Central.
        case pmcid
        /// Preprints on arXiv.
        case arxiv
    }

    package var names: [ResolverName]
    /// Those that come first for works of a cohort.
    package var first: [Cohort: [ResolverName]]

    package static let usual = ResolverOrder(
        names: ResolverName.choosable, first: [.pmcid: [.europePMC], .arxiv: [.arxiv]])

    package init(names: [ResolverName], first: [Cohort: [ResolverName]]) {
        self.names = names
        self.first = first
    }

    /// The resolvers for this work; those of its cohorts come first where the order has them at all.
    func names(for work: Work) -> [ResolverName] {
        var front: [ResolverName] = []
        if work.pmcid != nil { front += first[.pmcid] ?? [] }
        if work.arXivID != nil { front += first[.arxiv] ?? [] }
        let preferred = front.filter(names.contains)
        return preferred + names.filter { !preferred.contains($0) }
    }
}
