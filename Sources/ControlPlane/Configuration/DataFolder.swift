import Foundation
import Harvesting
import Storage

/// The folder of all that is durable, held by one process at a time.
struct DataFolder: Sendable {
    let url: URL
    /// Whether the record of limits is missing although the folder was used before.
    let lacksLimits: Bool
    /// Whether there are files of jobs, and no record of jobs that could name them.
    private let lacksManifest: Bool
    private let held: HeldFolder

    /// Makes the folder where it is missing, and takes it.
    ///
    /// - Throws: ``SettingsError`` when it cannot be used, or another process has it.
    init(path: String) throws {
        url = URL(filePath: path, directoryHint: .isDirectory)
        do {
            held = try HeldFolder(path: url.path(percentEncoded: false))
        } catch {
            throw SettingsError("data", "the folder '\(path)' \(error)")
        }
        let isMissing = { !FileManager.default.fileExists(atPath: $0) }
        let index = url.appending(path: "cache/index.sqlite").path(percentEncoded: false)
        lacksLimits = isMissing(Self.limits(in: url)) && !(isMissing(Self.manifest(in: url)) && isMissing(index))
        lacksManifest =
            isMissing(Self.manifest(in: url))
            && !isMissing(url.appending(path: "artifacts").path(percentEncoded: false))
        // A full disk may have room again; the others are a mistake of whoever starts this.
        if let fault = held.fault(), fault != .full {
            throw SettingsError("data", "the folder '\(path)' cannot be written to: \(fault)")
        }
    }

    var manifest: String { Self.manifest(in: url) }
    var limits: String { Self.limits(in: url) }
    var cache: URL { url.appending(path: "cache", directoryHint: .isDirectory) }
    var artifacts: URL { url.appending(path: "artifacts", directoryHint: .isDirectory) }

    /// Where the record of jobs is lost, gives the files of jobs another name: those that no record names are removed.
    ///
    /// - Returns: the new name; `nil` where nothing is lost.
    func keepArtifacts(of manifest: Manifest) throws -> String? {
        guard manifest.setAside != nil || lacksManifest,
            FileManager.default.fileExists(atPath: artifacts.path(percentEncoded: false))
        else {
            return nil
        }
        let kept = url.appending(path: "artifacts.kept-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.moveItem(at: artifacts, to: kept)
        return kept.path(percentEncoded: false)
    }

    /// What keeps the folder from being of use now, found out by writing to it; `nil` where nothing does.
    ///
    /// - Parameter databases: files in it that have to be there.
    func fault(_ databases: [String]) -> StorageFault? {
        for file in databases where access(file, F_OK) != 0 { return StorageFault(code: errno) }
        return held.fault()
    }

    private static func manifest(in folder: URL) -> String {
        folder.appending(path: "manifest.sqlite").path(percentEncoded: false)
    }

    /// The record of limits in a folder that another process may hold.
    static func limits(in folder: URL) -> String {
        folder.appending(path: "limits.sqlite").path(percentEncoded: false)
    }
}
