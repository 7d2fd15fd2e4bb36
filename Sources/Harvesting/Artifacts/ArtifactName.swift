import Crypto
import Foundation

/// What people call a work's file: year, title and id, in characters that every file system takes.
struct ArtifactName: Hashable, Sendable {
    let text: String

    private static let titleBytes = 120
    private static let idBytes = 60

    init(of work: Work) {
        let year = work.publicationYear.map { "\($0) " } ?? ""
        let title = Self.joined(Self.words(work.title ?? ""), by: " ", upTo: Self.titleBytes)
        var id = Self.words(work.id).joined(separator: "-")
        if id.utf8.count > Self.idBytes {
            // What was cut off may be all that tells it from another.
            let digest = SHA256.hexadecimal(SHA256.hash(data: Data(work.id.utf8))).prefix(8)
            id = Self.joined(Self.words(work.id), by: "-", upTo: Self.idBytes) + "-\(digest)"
        }
        text = year + (title.isEmpty ? "" : "\(title) ") + "[\(id)].pdf"
    }

    private static func words(_ text: String) -> [Substring] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map { $0.drop { $0 == "-" } }.filter { !$0.isEmpty }
    }

    /// As many words as fit.
    private static func joined(_ words: [Substring], by separator: String, upTo bytes: Int) -> String {
        var text = ""
        for word in words {
            guard text.utf8.count + word.utf8.count + 1 <= bytes else { break }
            text += (text.isEmpty ? "" : separator) + word
        }
        return text
    }
}
