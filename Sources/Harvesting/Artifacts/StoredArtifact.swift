/// A file in the store.
package struct StoredArtifact: Codable, Hashable, Sendable {
    package let sha256: String
    /// Bytes.
    package let length: Int

    /// Relative to the artifact folder.
    package var path: String { ArtifactStore.path(of: sha256) }
}
