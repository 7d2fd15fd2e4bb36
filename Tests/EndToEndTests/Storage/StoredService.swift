import Foundation
import NIOHTTP1
import TestSupport

/// `weir serve` in a data folder that the test spoils.
struct StoredService {
    let folder: TemporaryFolder
    let running: Service

    static func data(in folder: TemporaryFolder) -> String { folder.url.appending(path: "data").path() }

    /// - Parameters:
    ///   - folder: what another service has left behind.
    ///   - isUnprivileged: whether permissions bind it; the tests may run as root.
    static func start(
        in folder: TemporaryFolder? = nil, isUnprivileged: Bool = false, environment: [String: String] = [:]
    ) async throws -> StoredService {
        let folder = try folder ?? TemporaryFolder()
        let arguments = ["serve", "--port", "0", "--data", data(in: folder)]
        let process: RunningProcess
        if isUnprivileged, getuid() == 0 {
            guard let nobody = getpwnam("nobody") else { throw POSIXError(.ENOENT) }
            chown(folder.url.path(), nobody.pointee.pw_uid, nobody.pointee.pw_gid)
            let user = ["--reuid", "nobody", "--regid", "\(nobody.pointee.pw_gid)", "--clear-groups"]
            process = try RunningProcess(
                "/usr/bin/setpriv", user + [RunningProcess.path(of: "weir")] + arguments, environment: environment)
        } else {
            process = try RunningProcess("weir", arguments, environment: environment)
        }
        let url = try await process.captured(#/"message":"listening".*"url":"([^"]+)"/#)
        return StoredService(folder: folder, running: Service(process: process, url: url))
    }

    var data: String { Self.data(in: folder) }

    func file(_ name: String) -> URL { folder.url.appending(path: "data/\(name)") }

    /// Ends it as at a power cut.
    func kill() async {
        running.process.signal(SIGKILL)
        _ = await running.process.exit()
    }

    struct Readiness: Decodable, Equatable {
        let status: String
        let storage: String
        let reason: String?
    }

    /// Waits until the service has looked again, which it does once a second.
    func readiness(_ storage: String) async throws -> (code: Int, Readiness) {
        while true {
            let answer = try await running.get("/readyz")
            let readiness = try JSONDecoder().decode(Readiness.self, from: answer.body)
            if readiness.storage == storage { return (answer.status, readiness) }
            await Task.yield()
        }
    }

    /// Type and status of a problem that is answered.
    struct StorageProblem: Decodable, Equatable {
        let type: String
        let status: Int
    }

    func send(_ method: String, _ path: String, _ body: String) async throws -> StorageProblem? {
        let answer = try await HTTP.send(.init(rawValue: method), running.url + path, body)
        return answer.status < 400 ? nil : try JSONDecoder().decode(StorageProblem.self, from: answer.body)
    }

    func logs(_ fragment: String) -> [String] { running.process.output.filter { $0.contains(fragment) } }
}
