import Crypto
package import Foundation

/// Content-addressed files: `<sha256[0:2]>/<sha256>.pdf` below one folder. What has a name there is whole.
package struct ArtifactStore: Sendable {
    private let root: URL
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

    /// Gives a received file its name, in one step that a crash cannot cut in two.
    func publish(_ artifact: ReceivedArtifact) throws {
        let target = location(of: artifact.sha256)
        let folder = target.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (from, to) = (artifact.file.path(percentEncoded: false), target.path(percentEncoded: false))
        guard rename(from, to) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        let descriptor = open(folder.path(percentEncoded: false), O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
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
        let digest = hasher.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return count == length && digest == sha256
    }

    /// Removes files that no manifest row names: a crash came between the file and its row.
    func removeOrphans(keeping known: Set<String>) throws {
        let folders = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        for folder in folders where folder.lastPathComponent.utf8.count == 2 {
            for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            where !known.contains(file.deletingPathExtension().lastPathComponent) {
                try FileManager.default.removeItem(at: file)
            }
        }
    }
}
