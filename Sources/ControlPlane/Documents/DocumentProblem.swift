/// One thing wrong with a document: where, and what would be right.
package struct DocumentProblem: Hashable, Sendable, CustomStringConvertible {
    /// Such as `hosts.export.arxiv.org.metadata.rates[0]`; empty for the document itself.
    package let path: String
    package let place: TextPlace?
    package let message: String
    /// The file it stands in.
    package var file: String?

    init(path: String, place: TextPlace? = nil, message: String) {
        self.path = path
        self.place = place
        self.message = message
    }

    /// The message with its line and column, for whoever has the text at hand.
    var placedMessage: String {
        place.map { "\(message) (line \($0.line), column \($0.column))" } ?? message
    }

    /// `file:12:5: path: message`, a place that an editor can jump to.
    package var description: String {
        let file = file.map { "\($0):" } ?? ""
        let place = place.map { "\($0.line):\($0.column):" } ?? ""
        return [file + place, path.isEmpty ? "" : "\(path):", message].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// All that is wrong with a document.
package struct DocumentProblems: Error, Hashable, Sendable, CustomStringConvertible {
    package let problems: [DocumentProblem]

    init(_ problems: [DocumentProblem]) {
        self.problems = problems
    }

    /// The same, in a file.
    func inFile(_ file: String) -> DocumentProblems {
        DocumentProblems(
            problems.map { problem in
                var problem = problem
                problem.file = file
                return problem
            })
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
