package import Foundation
package import RateLimiting

extension LimitsDocument {
    /// What is in force where nothing else is said.
    package static let builtIn = LimitsDocument(defaults: [
        "metadata": PolicyPatch(rates: rates("10/SECOND", "5000/HOUR"), maxDelayMilliseconds: 200),
        "landing": PolicyPatch(rates: rates("5/SECOND", "2000/HOUR"), maxDelayMilliseconds: 250),
        "artifact": PolicyPatch(
            rates: rates("2/SECOND", "500/HOUR"), maxDelayMilliseconds: 2000, maxConcurrent: 4),
    ])

    private static func rates(_ texts: String...) -> [Rate] {
        texts.compactMap { try? Rate(parsing: $0) }
    }

    /// Reads a YAML file.
    ///
    /// - Throws: ``DocumentProblems`` naming file, line and path; what reading the file throws.
    package init(contentsOf file: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        do {
            self = try LimitsDocumentReader.read(DocumentNode(yaml: text))
        } catch {
            throw DocumentProblems(error.problems, file: file)
        }
    }

    /// - Throws: ``DocumentProblems`` naming line and path.
    package init(yaml text: String) throws(DocumentProblems) {
        self = try LimitsDocumentReader.read(DocumentNode(yaml: text))
    }

    /// - Throws: ``DocumentProblems`` naming the path.
    package init(json data: Data) throws(DocumentProblems) {
        self = try LimitsDocumentReader.read(DocumentNode(json: data))
    }
}
