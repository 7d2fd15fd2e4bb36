import Foundation
import Storage

extension DocumentNode {
    static let maximumFileBytes = 8 << 20

    /// Reads a file of the operator's own.
    ///
    /// - Throws: ``DocumentProblems``, which do not name the file yet.
    init(file: String) throws(DocumentProblems) {
        func problem(_ message: String) -> DocumentProblems {
            DocumentProblems([DocumentProblem(path: "", message: message)])
        }
        guard let status = FileStatus(path: file) else { throw problem("the file is not there or cannot be read") }
        guard status.isRegular else { throw problem("is no file") }
        guard status.size <= Self.maximumFileBytes else {
            throw problem("the file has \(status.size) bytes; at most \(Self.maximumFileBytes) are read")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw problem("the file is not there or cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw problem("the file is not UTF-8") }
        try self.init(yaml: text)
    }
}
