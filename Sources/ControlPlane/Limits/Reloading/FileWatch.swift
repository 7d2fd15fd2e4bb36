import Storage

/// What tells one state of a file from another, symbolic links followed: a file that was replaced by another, by rename
/// or by a link that leads elsewhere now (as Kubernetes does), differs as one that was written does.
struct FileFingerprint: Hashable, Sendable {
    private let status: FileStatus

    /// - Returns: `nil` when there is no such file.
    init?(of path: String) {
        guard let status = FileStatus(path: path) else { return nil }
        self.status = status
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
