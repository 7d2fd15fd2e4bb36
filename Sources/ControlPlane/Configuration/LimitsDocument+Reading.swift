package import Foundation
package import RateLimiting

extension LimitsDocument {
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
