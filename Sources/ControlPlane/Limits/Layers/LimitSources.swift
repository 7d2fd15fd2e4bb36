/// Where limits come from below the API: a file, which may change while the service runs, and what the process was
/// started with.
package struct LimitSources: Sendable {
    /// `nil` is no file at all.
    package var file: String?
    var environment = LimitsReader.Result()
    var flags = LimitsReader.Result()
    /// What is missing of what the API said before.
    var recordWarnings: [DocumentProblem] = []

    /// Reads the file.
    ///
    /// - Throws: ``DocumentProblems`` that name the file.
    func readFile() throws(DocumentProblems) -> LimitsReader.Result {
        guard let file else { return LimitsReader.Result() }
        do {
            var result = try LimitsReader.read(try DocumentNode(file: file), for: .file) { node in
                .file(file, line: (node.keyPlace ?? node.place)?.line)
            }
            result.warnings = DocumentProblems(result.warnings).inFile(file).problems
            return result
        } catch {
            throw error.inFile(file)
        }
    }
}
