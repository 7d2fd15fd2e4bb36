/// What people call a work's file: year, title and id, in characters that every file system takes.
struct ArtifactName: Hashable, Sendable {
    let text: String

    private static let maximumBytes = 150

    init(of work: Work) {
        let year = work.publicationYear.map { "\($0) " } ?? ""
        var title = ""
        for word in Self.words(work.title ?? "") where title.utf8.count + word.utf8.count < Self.maximumBytes {
            title += (title.isEmpty ? "" : " ") + word
        }
        let id = Self.words(work.id).joined(separator: "-").prefix(80)
        text = year + (title.isEmpty ? "" : "\(title) ") + "[\(id)].pdf"
    }

    private static func words(_ text: String) -> [Substring] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map { $0.drop { $0 == "-" } }.filter { !$0.isEmpty }
    }
}
