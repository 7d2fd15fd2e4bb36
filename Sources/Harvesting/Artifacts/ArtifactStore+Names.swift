package import Foundation

/// Names for people: `by-name/<job>/<year> <title> [<id>].pdf`, each a relative link to the file it means.
extension ArtifactStore {
    func link(_ artifact: StoredArtifact, as name: ArtifactName, in job: String) throws {
        let folder = names(of: job)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let link = folder.appending(path: name.text).path(percentEncoded: false)
        guard symlink("../../\(artifact.path)", link) != 0, errno == EEXIST else { return }
        // It can only have been left by a process that was killed at this very point, or belong to the same work.
        _ = unlink(link)
        guard symlink("../../\(artifact.path)", link) == 0 else { throw Self.error() }
    }

    /// Removes the names that a job gave.
    func removeNames(of job: String) throws {
        let folder = names(of: job)
        guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else { return }
        try FileManager.default.removeItem(at: folder)
    }

    /// The folder of a job's names.
    package func names(of job: String) -> URL {
        root.appending(path: "by-name/\(job)", directoryHint: .isDirectory)
    }
}
