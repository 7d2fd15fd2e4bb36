import Foundation

/// Where limits come from below the API: a file, which may change while the service runs, and what the process was
/// started with.
package struct LimitSources: Sendable {
    /// `nil` is no file at all.
    package var file: String?
    var environment = LimitsReader.Result()
    var flags = LimitsReader.Result()

    static let maximumFileBytes = 8 << 20

    /// Reads the file.
    ///
    /// - Throws: ``DocumentProblems`` that name the file.
    func readFile() throws(DocumentProblems) -> LimitsReader.Result {
        guard let file else { return LimitsReader.Result() }
        do {
            var result = try LimitsReader.read(try DocumentNode(yaml: try Self.text(of: file)), for: .file) { node in
                .file(file, line: (node.keyPlace ?? node.place)?.line)
            }
            result.warnings = DocumentProblems(result.warnings).inFile(file).problems
            return result
        } catch {
            throw error.inFile(file)
        }
    }

    private static func text(of file: String) throws(DocumentProblems) -> String {
        func problem(_ message: String) -> DocumentProblems {
            DocumentProblems([DocumentProblem(path: "", message: message)])
        }
        var info = stat()
        guard stat(file, &info) == 0 else { throw problem("the file is not there or cannot be read") }
        guard info.st_mode & S_IFMT == S_IFREG else { throw problem("is no file") }
        guard info.st_size <= maximumFileBytes else {
            throw problem("the file has \(info.st_size) bytes; at most \(maximumFileBytes) are read")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw problem("the file is not there or cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw problem("the file is not UTF-8") }
        return text
    }
}
