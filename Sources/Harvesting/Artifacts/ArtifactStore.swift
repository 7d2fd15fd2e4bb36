import Crypto
package import Foundation

/// Content-addressed files: `<sha256[0:2]>/<sha256>.pdf` below one folder. What has a name there is whole.
package struct ArtifactStore: Sendable {
    let root: URL
    private let incoming: URL

    /// Opens the store, making its folders and throwing away what an earlier process left half received.
    package init(root: URL) throws {
        self.root = root
        incoming = root.appending(path: "incoming")
        try? FileManager.default.removeItem(at: incoming)
        try FileManager.default.createDirectory(at: incoming, withIntermediateDirectories: true)
    }

    func receive() throws -> IncomingArtifact {
        try IncomingArtifact(in: incoming)
    }

    /// The path of an artifact, relative to the store.
    static func path(of sha256: String) -> String {
        "\(sha256.prefix(2))/\(sha256).pdf"
    }

    /// Where the file is.
    package func location(of sha256: String) -> URL {
        root.appending(path: Self.path(of: sha256))
    }

    /// Gives a received file its name, in one step that a crash cannot cut in two; ``synchronize(_:)`` makes it last.
    func publish(_ artifact: ReceivedArtifact) throws {
        let target = location(of: artifact.sha256)
        let folder = target.deletingLastPathComponent()
        let (from, to) = (artifact.file.path(percentEncoded: false), target.path(percentEncoded: false))
        if !FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Self.synchronize(root)
        }
        guard rename(from, to) == 0 else { throw Self.error() }
    }

    /// Makes the names of published files durable.
    func synchronize(_ artifacts: [ReceivedArtifact]) throws {
        for folder in Set(artifacts.map { location(of: $0.sha256).deletingLastPathComponent() }) {
            try Self.synchronize(folder)
        }
    }

    /// Throws away a received file that was not published.
    func discard(_ artifact: ReceivedArtifact) {
        try? FileManager.default.removeItem(at: artifact.file)
    }

    /// Removes a file that nothing names any more.
    func remove(_ sha256: String) {
        try? FileManager.default.removeItem(at: location(of: sha256))
    }

    /// Makes the names in a folder durable.
    private static func synchronize(_ folder: URL) throws {
        let descriptor = open(folder.path(percentEncoded: false), O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw error() }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw error() }
    }

    static func error() -> POSIXError {
        POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }

    /// Whether the file is there with the right length and digest. Reads all of it.
    func isIntact(sha256: String, length: Int) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: location(of: sha256)) else { return false }
        defer { try? handle.close() }
        var hasher = SHA256()
        var count = 0
        while let chunk = try? handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            hasher.update(data: chunk)
            count += chunk.count
        }
        return count == length && SHA256.hexadecimal(hasher.finalize()) == sha256
    }

    /// Removes artifacts that no manifest row names: a crash came between the file and its row.
    ///
    /// A manifest that knows no artifact at all is taken for a new or a lost one, and nothing is removed.
    func removeOrphans(keeping known: Set<String>) throws {
        guard !known.isEmpty else { return }
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false))
        for file in files {
            guard let match = file.wholeMatch(of: #/[0-9a-f]{2}/([0-9a-f]{64})\.pdf/#) else { continue }
            if !known.contains(String(match.1)) { try FileManager.default.removeItem(at: root.appending(path: file)) }
        }
    }
}
