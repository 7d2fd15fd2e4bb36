import Foundation

/// What tells one state of a file from another, symbolic links followed: a file that was replaced by another, by rename
/// or by a link that leads elsewhere now (as Kubernetes does), differs as one that was written does.
struct FileFingerprint: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let times: [Int]

    /// - Returns: `nil` when there is no such file.
    init?(of path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        device = UInt64(info.st_dev)
        inode = UInt64(info.st_ino)
        size = Int64(info.st_size)
        // The second pair changes with permissions too, and cannot be set back.
        times = [info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec]
    }
}

/// Decides from looks at a file when it is to be read again: when it has changed, and is not being written any more.
struct FileWatch: Sendable {
    private var read: FileFingerprint?
    private var last: FileFingerprint?

    /// - Parameter read: the file as it was just before it was read.
    init(read: FileFingerprint?) {
        self.read = read
        last = read
    }

    /// - Returns: whether to read the file now.
    mutating func look(_ now: FileFingerprint?) -> Bool {
        defer { last = now }
        guard now != read, now == last else { return false }
        read = now
        return true
    }

    /// Makes the next look one at a file that has not been read.
    mutating func forget() {
        read = nil
    }
}
