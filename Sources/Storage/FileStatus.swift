import Foundation

/// What the system knows of a file or folder.
package struct FileStatus: Hashable, Sendable {
    package let isRegular: Bool
    /// Bytes.
    package let size: Int64
    /// Tells one file from another that has come in its place.
    package let identity: Identity
    /// When it was written, and when anything of it changed, permissions too: that cannot be set back.
    private let times: [Int]

    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    /// Seconds since 1970.
    var modified: Int { times[0] }

    /// `nil` where there is none, or it may not be looked at; `errno` tells why.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        isRegular = status.st_mode & S_IFMT == S_IFREG
        size = Int64(status.st_size)
        identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        times = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
}
