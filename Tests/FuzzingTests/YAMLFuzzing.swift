@testable import ControlPlane

/// A limits document as a request brings it.
enum YAMLFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        for purpose in [LimitsReader.Purpose.file, .overlay, .patch] {
            do {
                let node = try DocumentNode(yaml: text, isTrusted: false)
                _ = try LimitsReader.read(node, for: purpose) { _ in .api(version: 1) }
            } catch let problems as DocumentProblems {
                try FuzzTarget.require(!problems.problems.isEmpty, "refused without a reason")
            }
        }
    }
}
