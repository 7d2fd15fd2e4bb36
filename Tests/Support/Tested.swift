package import Foundation

/// What the end-to-end tests run.
package enum Tested {
    /// Has `weir`, `upstream-simulator`, the folders `config` and `docs` and the Python packages, and nothing else of the
    /// repository; set by `scripts/test`.
    private static let folder = ProcessInfo.processInfo.environment["WEIR_TESTED"].map {
        URL(filePath: $0, directoryHint: .isDirectory)
    }

    /// Without such a folder it is what was built beside the tests.
    static var binaries: URL {
        if let folder { return folder }
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent()
    }

    /// What generates a Python client, and what the client needs; installed by `scripts/python-packages`.
    package static var pythonPackages: URL {
        if let folder { return folder.appending(path: "python-packages") }
        return root.appending(path: ".build-python/packages")
    }

    private static var root: URL {
        folder ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    }

    package static var config: URL { root.appending(path: "config") }
    package static var docs: URL { root.appending(path: "docs") }
}
