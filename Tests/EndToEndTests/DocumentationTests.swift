import Foundation
import TestSupport
import Testing

/// The pages of docs/, followed to the letter: real commands against real processes.
@Suite("The documentation", .serialized) struct DocumentationTests {
    @Test("does what it says", arguments: try DocumentationPage.all)
    func page(_ name: String) async throws {
        let reader = try Reader()
        let exit = try await reader.run(try DocumentationPage(name).script())
        #expect(exit.status == 0, "\(name):\n\(exit.output.suffix(60).joined(separator: "\n"))")
    }

    @Test("links to what is there")
    func links() throws {
        let pages = try FileManager.default.subpathsOfDirectory(atPath: Tested.docs.path()).filter {
            $0.hasSuffix(".md")
        }
        #expect(pages.count > 12)
        for page in pages {
            let file = Tested.docs.appending(path: page)
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: #/\]\(([^):#]+)[^):]*\)/#) {
                // Above docs/ are files that are not staged with what is tested.
                let target = file.deletingLastPathComponent().appending(path: String(match.1)).standardized
                guard target.path().hasPrefix(Tested.docs.path()) else { continue }
                #expect(FileManager.default.fileExists(atPath: target.path()), "\(page): \(match.1)")
            }
        }
    }
}

/// An empty folder with what a reader has, and a shell in it.
private struct Reader {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for original in [Tested.config, Tested.docs] {
            try Self.copy(original, to: folder.url.appending(path: original.lastPathComponent))
        }
    }

    /// The reader's own files, whoever has the originals: `FileManager.copyItem` would keep their owner.
    private static func copy(_ original: URL, to copy: URL) throws {
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        for path in try FileManager.default.subpathsOfDirectory(atPath: original.path()) {
            let (from, to) = (original.appending(path: path), copy.appending(path: path))
            if from.hasDirectoryPath || (try? from.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true {
                try FileManager.default.createDirectory(at: to, withIntermediateDirectories: true)
            } else {
                try Data(contentsOf: from).write(to: to)
            }
        }
    }

    struct Exit {
        let status: Int32
        let output: [String]
    }

    /// Whatever the script leaves running ends with it, and a script that hangs ends after half a minute.
    func run(_ script: String) async throws -> Exit {
        let binaries = URL(filePath: RunningProcess.path(of: "weir")).deletingLastPathComponent()
        let preamble = """
            set -euo pipefail
            trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
            cd '\(folder.url.path())'
            PATH=\(binaries.path()):$PATH

            """
        let shell = try RunningProcess(
            "/usr/bin/timeout", ["--kill-after=5", "30", "bash", "-x", "-c", preamble + script])
        return Exit(status: await shell.exit(), output: shell.output)
    }
}
