import HTTPTypes

@testable import ControlPlane
@testable import Fetching
@testable import HTTPCaching
@testable import Harvesting
@testable import RateLimiting

/// What reads bytes from outside: given any bytes, it must neither trap nor break its promises.
enum FuzzTarget: String, CaseIterable, Sendable {
    case url
    case robots
    case json
    case yaml
    case fields
    case html
    case pdf
    case log

    /// A promise that some bytes broke.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// - Throws: ``Broken``.
    func run(_ bytes: [UInt8]) throws {
        switch self {
        case .url: try URLFuzzing.run(bytes)
        case .robots: try RobotsFuzzing.run(bytes)
        case .json: try JSONFuzzing.run(bytes)
        case .yaml: try YAMLFuzzing.run(bytes)
        case .fields: try FieldsFuzzing.run(bytes)
        case .html: try HTMLFuzzing.run(bytes)
        case .pdf: try PDFFuzzing.run(bytes)
        case .log: try LogFuzzing.run(bytes)
        }
    }

    /// - Throws: ``Broken`` with the promise, unless it is kept.
    static func require(_ isKept: Bool, _ promise: @autoclosure () -> String) throws {
        guard isKept else { throw Broken(description: promise()) }
    }
}
