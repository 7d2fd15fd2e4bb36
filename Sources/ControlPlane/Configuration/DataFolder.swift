import Foundation

/// The folder of all that is durable, held by one process at a time.
struct DataFolder: Sendable {
    let url: URL
    private let lock: Lock

    /// Makes the folder where it is missing, and takes it.
    ///
    /// - Throws: ``SettingsError`` when another process has it; what making it throws.
    init(path: String) throws {
        url = URL(filePath: path, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        lock = try Lock(file: url.appending(path: "weir.lock").path(percentEncoded: false), folder: path)
    }

    var manifest: String { url.appending(path: "manifest.sqlite").path(percentEncoded: false) }
    var limits: String { Self.limits(in: url) }
    var cache: URL { url.appending(path: "cache", directoryHint: .isDirectory) }
    var artifacts: URL { url.appending(path: "artifacts", directoryHint: .isDirectory) }

    /// The record of limits in a folder that another process may hold.
    static func limits(in folder: URL) -> String {
        folder.appending(path: "limits.sqlite").path(percentEncoded: false)
    }

    /// The kernel lets the lock go when the process ends, however it ends.
    private final class Lock: Sendable {
        private let descriptor: Int32

        init(file: String, folder: String) throws {
            descriptor = open(file, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                throw SettingsError(
                    "data", "the folder '\(folder)' is in use by another weir; use its API, or another folder")
            }
        }

        deinit { close(descriptor) }
    }
}
