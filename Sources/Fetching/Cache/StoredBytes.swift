import Crypto
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOPosix

/// The bytes of a stored body, read as they are wanted. The file's digest is checked on the way where it was not before:
/// a file that is not what was stored fails before its last bytes go out, so that nobody takes it for whole.
struct StoredBytes: AsyncSequence, Sendable {
    let handle: FileHandle
    let body: StoredBody
    let range: Range<Int64>
    /// Told once the whole file was read and had its digest, or had not.
    let checked: (@Sendable (Bool) -> Void)?

    func makeAsyncIterator() -> AsyncIterator {
        // Only who reads the whole sees whether it is what it was.
        AsyncIterator(file: self, checks: checked != nil && range == 0..<body.length)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: StoredBytes
        let checks: Bool
        private var position: Int64
        private var hasher = SHA256()

        init(file: StoredBytes, checks: Bool) {
            self.file = file
            self.checks = checks
            position = file.range.lowerBound
        }

        @concurrent mutating func next() async throws -> ByteBuffer? {
            guard position < file.range.upperBound else {
                try? file.handle.close()
                return nil
            }
            let count = Int(Swift.min(Int64(CacheBodies.chunk), file.range.upperBound - position))
            let data: Data
            do {
                data = try await NIOThreadPool.singleton.runIfActive { [file, position] in
                    try file.handle.seek(toOffset: UInt64(position))
                    return try file.handle.read(upToCount: count) ?? Data()
                }
            } catch {
                throw FetchError.truncated("a stored body cannot be read: \(error)")
            }
            guard data.count == count else { throw FetchError.truncated("a stored body is shorter than it was") }
            position += Int64(count)
            if checks {
                hasher.update(data: data)
                if position == file.range.upperBound {
                    let isIntact = Data(hasher.finalize()) == file.body.digest
                    file.checked?(isIntact)
                    guard isIntact else { throw FetchError.truncated("a stored body is not what it was") }
                }
            }
            return ByteBuffer(data: data)
        }
    }
}
