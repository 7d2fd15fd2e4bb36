import Foundation

/// A folder that this process has for itself. The lock is on the folder, not on a file in it that somebody could remove;
/// the kernel lets it go when the process ends, however it ends.
package final class HeldFolder: Sendable {
    private let path: String
    private let descriptor: Int32

    /// A name that no other file of the folder has.
    private static let probe = ".weir-probe"

    private static let remedy = "choose a folder that this user may write to"

    /// Why a folder cannot be had; completes "the folder …".
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    /// Makes the folder where it is missing.
    ///
    /// - Throws: ``Refusal``.
    package init(path: String) throws(Refusal) {
        func refusal(_ message: String) -> Refusal { Refusal(description: message) }
        if let failure = Self.make(path) { throw refusal("cannot be made: \(Self.words(failure)); \(Self.remedy)") }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw refusal(
                errno == ENOTDIR
                    ? "is no folder, but a file; \(Self.remedy)"
                    : "cannot be opened: \(Self.words(errno)); \(Self.remedy)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = errno
            close(descriptor)
            throw refusal(
                failure == EWOULDBLOCK
                    ? "is in use by another weir; use its API, or another folder"
                    : "cannot be locked: \(Self.words(failure)); it has to be on a disk of this machine")
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Returns: the error that kept it from being made; `nil` where it is there.
    private static func make(_ path: String) -> Int32? {
        guard mkdir(path, 0o777) != 0, errno != EEXIST else { return nil }
        let parent = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        guard errno == ENOENT, parent != path else { return errno }
        if let failure = make(parent) { return failure }
        return mkdir(path, 0o777) == 0 ? nil : errno
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }

    /// What keeps the folder from being written to, found out by writing to it.
    package func fault() -> StorageFault? {
        guard let held = FileStatus(descriptor: descriptor), let found = FileStatus(path: path) else {
            return StorageFault(code: errno)
        }
        // Another folder may have come in its place.
        guard held.identity == found.identity else { return .missing }
        let file = openat(descriptor, Self.probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return StorageFault(code: errno) }
        defer { unlinkat(descriptor, Self.probe, 0) }
        let page = [UInt8](repeating: 0, count: 4096)
        let written = write(file, page, page.count)
        let failure = written < 0 ? errno : written < page.count ? ENOSPC : 0
        // Some file systems find out late.
        guard close(file) == 0, failure == 0 else { return StorageFault(code: failure == 0 ? errno : failure) }
        return nil
    }
}
