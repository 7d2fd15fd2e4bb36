import Crypto
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOPosix

/// The files of the cache. What is being written has a folder of its own, and moves when it is whole.
struct CacheBodies: Sendable {
    private let folder: URL
    private let incoming: URL

    /// Bytes that are read or written at once.
    static let chunk = 256 << 10

    init(folder: URL) throws {
        self.folder = folder.appending(path: "bodies", directoryHint: .isDirectory)
        incoming = folder.appending(path: "incoming", directoryHint: .isDirectory)
        // What was being written when the process ended is of no use.
        try? FileManager.default.removeItem(at: incoming)
        try FileManager.default.createDirectory(at: incoming, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    }

    private func place(_ name: String) -> URL {
        folder.appending(path: "\(name.prefix(2))/\(name)")
    }

    /// Removes the files that belong to no entry.
    func removeAll(but known: Set<String>) throws {
        let places = try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
        for place in places {
            let name = place.split(separator: "/").last.map(String.init) ?? ""
            if name.count > 2, !known.contains(name) {
                try? FileManager.default.removeItem(at: folder.appending(path: place))
            }
        }
    }

    func remove(_ name: String) {
        try? FileManager.default.removeItem(at: place(name))
    }

    func receive() throws -> IncomingBody { try IncomingBody(in: incoming) }

    /// Moves a whole body to its place.
    func keep(_ incoming: IncomingBody) throws -> StoredBody {
        let body = try incoming.finish()
        let place = place(body.name)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: incoming.file, to: place)
        return body
    }

    /// Opens the file; `nil` when it is missing or has another length than it should have.
    func open(_ body: StoredBody) -> FileHandle? {
        guard let handle = try? FileHandle(forReadingFrom: place(body.name)) else { return nil }
        guard (try? handle.seekToEnd()) == UInt64(body.length), (try? handle.seek(toOffset: 0)) != nil else {
            try? handle.close()
            return nil
        }
        return handle
    }
}

/// A body while it arrives: belongs to the one task that receives it.
final class IncomingBody {
    let file: URL
    private let name = UUID().uuidString.lowercased()
    private let handle: FileHandle
    private var hasher = SHA256()
    private(set) var length: Int64 = 0

    init(in folder: URL) throws {
        file = folder.appending(path: name)
        guard FileManager.default.createFile(atPath: file.path(percentEncoded: false), contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        handle = try FileHandle(forWritingTo: file)
    }

    func write(_ chunk: ByteBuffer) throws {
        let data = Data(chunk.readableBytesView)
        try handle.write(contentsOf: data)
        hasher.update(data: data)
        length += Int64(data.count)
    }

    /// Adds all that has arrived to another.
    func copy(to other: IncomingBody) throws {
        let reader = try FileHandle(forReadingFrom: file)
        defer { try? reader.close() }
        while let data = try reader.read(upToCount: CacheBodies.chunk), !data.isEmpty {
            try other.write(ByteBuffer(data: data))
        }
    }

    func finish() throws -> StoredBody {
        try handle.close()
        return StoredBody(name: name, length: length, digest: Data(hasher.finalize()))
    }

    func discard() {
        try? handle.close()
        try? FileManager.default.removeItem(at: file)
    }
}
