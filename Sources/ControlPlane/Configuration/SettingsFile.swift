import Configuration
import Foundation
import SystemPackage

/// `config/weir.yaml`, or another file with settings, held against the settings that there are.
struct SettingsFile {
    let path: String
    /// `nil` where the file says nothing.
    let provider: (any ConfigProvider)?
    /// Where each key that it has stands.
    let places: [String: TextPlace]

    /// - Throws: ``DocumentProblems`` that name the file.
    init(path: String) async throws {
        self.path = path
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw DocumentProblems([
                DocumentProblem(path: "", message: "the file is not there or cannot be read")
            ]).inFile(path)
        }
        let text = String(decoding: data, as: UTF8.self)
        guard text.split(whereSeparator: \.isNewline).contains(where: Self.saysSomething) else {
            (places, provider) = ([:], nil)
            return
        }
        do {
            let root = try DocumentNode(yaml: text)
            var problems: [DocumentProblem] = []
            var places: [String: TextPlace] = [:]
            Self.check(root, &places, &problems)
            guard problems.isEmpty else { throw DocumentProblems(problems) }
            self.places = places
        } catch let problems as DocumentProblems {
            throw problems.inFile(path)
        }
        provider = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
    }

    private static func saysSomething(_ line: Substring) -> Bool {
        let text = line.drop(while: \.isWhitespace)
        return !text.isEmpty && !text.hasPrefix("#") && !text.hasPrefix("---")
    }

    /// Every value has to be one that some setting is read from.
    private static func check(
        _ node: DocumentNode, _ places: inout [String: TextPlace], _ problems: inout [DocumentProblem]
    ) {
        let keys = Setting.inFile.map(\.key)
        let path = "\(node.path)"
        switch node.value {
        case .mapping(let entries) where path.isEmpty || keys.contains { $0.hasPrefix("\(path).") }:
            for entry in entries { check(entry.value, &places, &problems) }
        case .bool where keys.contains(path), .int where keys.contains(path), .double where keys.contains(path),
            .string where keys.contains(path):
            places[path] = node.keyPlace
        default:
            let message =
                keys.contains(path)
                ? "must be a single value, not \(node.kind)"
                : "unknown setting\(Spelling.hint(for: path, in: keys))"
            problems.append(DocumentProblem(path: path, place: node.keyPlace ?? node.place, message: message))
        }
    }
}
