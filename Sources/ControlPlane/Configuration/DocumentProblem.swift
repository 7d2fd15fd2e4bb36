/// One thing wrong with a document: where, and what would be right.
package struct DocumentProblem: Hashable, Sendable, CustomStringConvertible {
    /// Such as `hosts.export.arxiv.org.metadata.rates[0]`; empty for the document itself.
    package let path: String
    package let line: Int?
    package let column: Int?
    package let message: String

    /// `12:5: path: message`, so that a file name in front makes it a place an editor can jump to.
    package var description: String {
        let place = line.map { "\($0):\(column ?? 1): " } ?? ""
        return place + (path.isEmpty ? "" : "\(path): ") + message
    }
}

/// All that is wrong with a document.
package struct DocumentProblems: Error, Hashable, Sendable, CustomStringConvertible {
    package let problems: [DocumentProblem]
    /// The file it was read from.
    package var file: String?

    init(_ problems: [DocumentProblem], file: String? = nil) {
        self.problems = problems
        self.file = file
    }

    package var description: String {
        problems.map { (file.map { "\($0):" } ?? "") + $0.description }.joined(separator: "\n")
    }
}
