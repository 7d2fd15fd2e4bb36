import Foundation
import HTTPTypes
import Logging

@testable import Fetching

/// A folder for a cache, removed when the test lets go of it.
final class CacheFolder {
    let url = FileManager.default.temporaryDirectory.appending(
        path: "weir-\(UUID().uuidString)", directoryHint: .isDirectory)
    private let time = ManualTime()

    deinit { try? FileManager.default.removeItem(at: url) }

    func store(maximumBytes: Int64 = 1 << 20) throws -> CacheStore {
        try CacheStore(
            folder: url, maximumBytes: maximumBytes, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func layer<Next: Transport>(
        _ store: CacheStore, _ next: Next, policies: CachePolicies = CachePolicies(isShared: false)
    ) -> CacheLayer<Next> {
        CacheLayer(store, policies, time: time, refreshes: BackgroundWork(), next)
    }

    /// What is stored, and what is being written.
    func files(in folder: String = "bodies") throws -> [URL] {
        let root = url.appending(path: folder)
        return try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false))
            .map { root.appending(path: $0) }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
    }

    func bytes() throws -> Int64 {
        try files().reduce(0) { $0 + Int64(try $1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0) }
    }
}

extension Transport {
    /// Whether a request can be answered without the upstream.
    func has(_ url: String) async throws -> Bool {
        do {
            _ = try await fetch(.to(url, headers: [.cacheControl: "only-if-cached"]))
            return true
        } catch FetchError.notCached {
            return false
        }
    }
}
