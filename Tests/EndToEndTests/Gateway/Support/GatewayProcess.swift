import Foundation
import TestSupport

/// A running `weir gateway`, in a folder of its own.
final class GatewayProcess: Sendable {
    let url: String
    let process: RunningProcess
    private let folder: TemporaryFolder

    /// Limits that no test reaches.
    static let generous = "defaults: { metadata: { rates: [100000/SECOND] } }"

    /// - Parameters:
    ///   - limits: the limits document, but for its version.
    ///   - folder: what another gateway left behind.
    init(
        origin: String, limits: String = generous, arguments: [String] = [], folder: TemporaryFolder? = nil
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let document = folder.url.appending(path: "limits.yaml")
        try Data("version: 1\n\(limits)\n".utf8).write(to: document)
        process = try RunningProcess(
            "weir",
            [
                "gateway", "--origin", origin, "--listen", "127.0.0.1:0",
                "--data", folder.url.appending(path: "data").path(), "--rate-config", document.path(),
            ] + arguments)
        url = try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#)
    }
    /// SIGKILL, and the end of it.
    func kill() async {
        process.signal(SIGKILL)
        _ = await process.exit()
    }
}
