import Foundation

@testable import ControlPlane

/// The body of a request.
enum JSONFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        do {
            _ = try DocumentNode(json: Data(bytes))
        } catch let problems as DocumentProblems {
            try FuzzTarget.require(!problems.problems.isEmpty, "refused without a reason")
        }
    }
}
