import Foundation

/// A PostgreSQL of its own in a throw-away folder, as Debian installs it.
package final class PostgresServer: Sendable {
    package let port: Int
    private let process: RunningProcess
    private let folder: TemporaryFolder

    package init() async throws {
        folder = try TemporaryFolder()
        let data = folder.url.appending(path: "data").path(percentEncoded: false)
        let programs = try Self.programs()
        if getuid() == 0 {
            // The server refuses to be root; Debian's package brings a user for it.
            guard let user = getpwnam("postgres") else { throw POSIXError(.ENOENT) }
            chown(folder.url.path(percentEncoded: false), user.pointee.pw_uid, user.pointee.pw_gid)
        }
        let initialized = try Self.run(
            "\(programs)/initdb", ["--pgdata", data, "--auth", "trust", "--username", "weir", "--no-sync"])
        guard await initialized.exit() == 0 else { throw RunningProcess.EndedEarly(output: initialized.output) }
        port = try FreePort.find()
        process = try await Self.serve(folder, at: port)
    }

    /// Brings a server back that has stopped, with what it has on disk.
    package init(again stopped: PostgresServer) async throws {
        (folder, port) = (stopped.folder, stopped.port)
        process = try await Self.serve(folder, at: port)
    }

    private static func serve(_ folder: TemporaryFolder, at port: Int) async throws -> RunningProcess {
        let process = try run(
            "\(programs())/postgres",
            [
                "-D", folder.url.appending(path: "data").path(percentEncoded: false), "-p", "\(port)", "-c",
                "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
            ])
        _ = try await process.captured(#/(ready to accept connections)/#)
        return process
    }

    private static func programs() throws -> String {
        let versions = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").compactMap { Int($0) }
        guard let newest = versions.max() else { throw POSIXError(.ENOENT) }
        return "/usr/lib/postgresql/\(newest)/bin"
    }

    /// It ends with the tests, however they end.
    private static func run(_ program: String, _ arguments: [String]) throws -> RunningProcess {
        let user = getuid() == 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        return try RunningProcess(
            "/usr/bin/setpriv", user + ["--pdeathsig", "KILL", program] + arguments,
            environment: ["LC_ALL": "C.UTF-8"])
    }

    package var url: String { "postgresql://weir@127.0.0.1:\(port)/postgres" }

    /// Runs a statement on it.
    package func run(_ statement: String) async throws {
        let client = try RunningProcess("/usr/bin/psql", ["-X", "-c", statement, url])
        guard await client.exit() == 0 else { throw RunningProcess.EndedEarly(output: client.output) }
    }

    /// Ends it, and all who serve its clients, as a crash would.
    package func stop() async {
        process.signal(SIGQUIT)
        _ = await process.exit()
    }
}
