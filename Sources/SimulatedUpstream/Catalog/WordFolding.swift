import Foundation

/// Words as a search compares them: no case, no accents, and plural endings cut off crudely.
enum WordFolding {
    static func stems(of text: String) -> [String] {
        let plain = text.utf8.allSatisfy { $0 < 0x80 } ? text.lowercased() : folded(text)
        return plain.split { !$0.isLetter && !$0.isNumber }.map { stem(String($0)) }
    }

    private static func folded(_ text: String) -> String {
        text.lowercased().folding(options: .diacriticInsensitive, locale: nil)
    }

    /// `studies` → `study`, `rivers` → `river`, `houses` and `house` → `hous`.
    private static func stem(_ word: String) -> String {
        guard word.utf8.count > 3 else { return word }
        if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        var stem = Substring(word)
        if stem.hasSuffix("s"), !stem.hasSuffix("ss") { stem = stem.dropLast() }
        if stem.hasSuffix("e") { stem = stem.dropLast() }
        return String(stem)
    }
}
