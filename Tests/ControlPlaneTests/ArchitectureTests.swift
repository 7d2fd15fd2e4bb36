import Foundation
import Testing

@Suite("The sources")
struct ArchitectureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Swift files below a folder of Sources, by their paths.
    private static func sources(_ folder: String = "") throws -> [(path: String, text: String)] {
        let base = root.appending(path: "Sources/\(folder)").path(percentEncoded: false)
        return try FileManager.default.subpathsOfDirectory(atPath: base).filter { $0.hasSuffix(".swift") }.map {
            ($0, try String(contentsOfFile: "\(base)/\($0)", encoding: .utf8))
        }
    }

    /// Targets and the own targets that each imports, as ARCHITECTURE.md says.
    private static func stated() throws -> [String: Set<String>] {
        let text = try String(contentsOf: root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
        var targets: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|")
            let names = { (cell: Substring) in
                cell.split(separator: "`").map(String.init).filter { !$0.allSatisfy(" ,-".contains) }
            }
            guard let name = names(cells[0]).first, let last = cells.last(where: { !$0.allSatisfy(\.isWhitespace) })
            else { continue }
            targets[name] = Set(names(last))
        }
        return targets
    }

    @Test("import what ARCHITECTURE.md says of each target")
    func imports() throws {
        let stated = try Self.stated()
        #expect(stated.count >= 10)
        for (target, expected) in stated {
            let lines = try Self.sources(target).flatMap { $0.text.split(separator: "\n") }
            let imported = lines.compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard line.first?.isWhitespace != true, words.dropLast().last == "import" else { return nil }
                return words.last.map(String.init)
            }
            #expect(Set(imported).intersection(stated.keys) == expected, "\(target)")
        }
    }
}
