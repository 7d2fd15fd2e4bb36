import Crypto
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOPosix

/// A file while it is being received: written under a temporary name, hashed on the way, its tail kept for the check.
///
/// Belongs to the one task that receives it.
final class IncomingArtifact {
    let file: URL
    private let handle: FileHandle
    private var hasher = SHA256()
    private(set) var length = 0
    private(set) var tail: [UInt8] = []

    init(in folder: URL) throws {
        file = folder.appending(path: UUID().uuidString)
        let descriptor = open(file.path(percentEncoded: false), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ArtifactStore.error() }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func write(_ chunk: ByteBuffer) throws {
        let data = Data(buffer: chunk, byteTransferStrategy: .noCopy)
        try handle.write(contentsOf: data)
        hasher.update(data: data)
        length += data.count
        tail = (tail + data.suffix(PDFCheck.tailBytes)).suffix(PDFCheck.tailBytes)
    }

    /// Makes the bytes durable and closes the file, which then waits to be published.
    func finish(on threads: NIOThreadPool) async throws -> ReceivedArtifact {
        let received = ReceivedArtifact(file: file, sha256: SHA256.hexadecimal(hasher.finalize()), length: length)
        try await threads.runIfActive { [handle] in
            try handle.synchronize()
            try handle.close()
        }
        return received
    }

    /// Throws the bytes away.
    func discard() {
        try? handle.close()
        try? FileManager.default.removeItem(at: file)
    }
}
