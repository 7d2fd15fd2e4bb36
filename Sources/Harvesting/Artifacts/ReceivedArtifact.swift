import Foundation

/// A complete, durable file that still has its temporary name.
struct ReceivedArtifact: Sendable {
    let file: URL
    let sha256: String
    let length: Int
}
