/// Which share of the URLs misbehaves in one way.
package struct FaultShare: Sendable, Equatable {
    let kind: FaultKind
    let share: Double

    /// Reads `KIND=SHARE`.
    package init(parsing text: String) throws {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ArgumentProblem("'\(text)' is not KIND=SHARE, such as 503=0.05") }
        guard let kind = FaultKind(rawValue: String(parts[0])) else {
            let kinds = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ArgumentProblem("'\(parts[0])' is not a kind of fault; use one of \(kinds)")
        }
        guard let share = Double(parts[1]), (0...1).contains(share) else {
            throw ArgumentProblem("'\(parts[1])' is not a share between 0 and 1")
        }
        self.kind = kind
        self.share = share
    }
}
