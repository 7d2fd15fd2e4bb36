import Foundation
import ScriptedOrigin
import TestSupport
import Testing

@Suite("A start that cannot be is refused in one plain line, with the exit status 2", .timeLimit(.minutes(2)))
struct RefusedStartTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path() }

    /// The line in which the start is refused.
    private func refusal(_ arguments: [String], environment: [String: String] = [:]) async throws -> String {
        let process = try RunningProcess("weir", arguments, environment: environment)
        #expect(await process.exit() == 2, "\(process.output)")
        let lines = process.output.filter { $0.hasPrefix("weir:") }
        #expect(lines.count == 1, "\(process.output)")
        let all = process.output.joined(separator: "\n")
        for word in ["Error Domain", "errno", "Optional(", "SettingsError", "IOError", "secret"] {
            #expect(!all.contains(word), "\(process.output)")
        }
        return lines.first ?? ""
    }

    private func serve(_ more: [String] = [], _ environment: [String: String] = [:]) async throws -> String {
        try await refusal(["serve", "--port", "0", "--data", path("data")] + more, environment: environment)
    }

    @Test("a port that is taken, or an address that is none")
    func address() async throws {
        let other = try await StoredService.start()
        let port = try #require(other.running.url.split(separator: ":").last)
        let place = "127.0.0.1:\(port)"
        let taken =
            "cannot listen on \(place): address already in use; stop the process that has it, or choose another port "
            + "(0: any free one)"
        #expect(try await serve(["--port", "\(port)"]) == "weir: port: \(taken)")
        let gateway = ["gateway", "--origin", "http://127.0.0.1:1", "--data", path("gateway"), "--listen"]
        #expect(try await refusal(gateway + [place]) == "weir: --listen: \(taken)")
        #expect(try await refusal(gateway + ["127.0.0.1:0", "--control", place]) == "weir: --control: \(taken)")
        #expect(try await serve(["--host", "192.0.2.1"]).hasPrefix("weir: host: cannot listen on 192.0.2.1:0: "))
        let unknown = try await serve(["--host", "no.such.name.invalid"])
        #expect(unknown.contains("no.such.name.invalid:0: no such address; choose one of this machine"))
    }

    private static let remedy = "choose a folder that this user may write to"

    @Test("a folder that is none, or may not be used")
    func folders() async throws {
        try Data("a file".utf8).write(to: folder.url.appending(path: "file"))
        let file = path("file")
        #expect(
            try await serve(["--data", file])
                == "weir: data: the folder '\(file)' is no folder, but a file; \(Self.remedy)")
        #expect(
            try await serve(["--data", "\(file)/data"])
                == "weir: data: the folder '\(file)/data' cannot be made: not a directory; \(Self.remedy)")
        #expect(
            try await serve(["--data", "/proc/weir"]).hasPrefix("weir: data: the folder '/proc/weir' cannot be made: "))
        let gateway = ["gateway", "--origin", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--data", file]
        #expect(
            try await refusal(gateway) == "weir: data: the folder '\(file)' is no folder, but a file; \(Self.remedy)")
    }

    @Test("a folder that another process has, whatever files are removed from it")
    func lock() async throws {
        let service = try await StoredService.start()
        for name in try FileManager.default.contentsOfDirectory(atPath: service.data) {
            try FileManager.default.removeItem(at: service.file(name))
        }
        let line = try await serve(["--data", service.data])
        #expect(
            line == "weir: data: the folder '\(service.data)' is in use by another weir; use its API, or another folder"
        )
        await service.kill()
        _ = try await StoredService.start(in: service.folder)
    }

    @Test(
        "an address of a database that is none, or where nothing answers; a password is never repeated",
        arguments: [
            ("redis", "redis://user:secret@127.0.0.1:1/0", "127.0.0.1:1"),
            ("redis", "redis://user:secret@127.0.0.1:port/0", "must look like redis://"),
            ("redis", "redis://:12/34secret@127.0.0.1:1/0", "must look like redis://"),
            ("redis", "user:secret@127.0.0.1", "must look like redis://"),
            ("redis", "redis://user:secret@127.0.0.1:70000/0", "must look like redis://"),
            ("postgres", "postgresql://user:secret@127.0.0.1:1/weir", "127.0.0.1"),
            ("postgres", "postgresql://user:sec%ret@127.0.0.1/weir", "must look like postgresql://"),
            ("postgres", "postgresql://user:%zzsecret@127.0.0.1/weir", "must look like postgresql://"),
            ("postgres", "postgresql://user:secret@secret@127.0.0.1/weir", "must look like postgresql://"),
            ("postgres", "postgresql://user:secret/secret@127.0.0.1/weir", "must look like postgresql://"),
            ("postgres", "host=127.0.0.1 password=secret", "must look like postgresql://"),
            ("sqlite", "/proc/weir/shared.sqlite", "/proc/weir/shared.sqlite"),
            ("memory", "redis://user:secret@127.0.0.1", "must be empty"),
        ])
    func databases(_ kind: String, _ address: String, _ fragment: String) async throws {
        let line = try await serve([], ["DOCSTOKG_RLIMIT_BACKEND": kind, "WEIR_BACKEND_DSN": address])
        #expect(line.contains(fragment), "\(line)")
    }

    @Test(
        "wrong usage",
        arguments: [
            ["serve", "--bogus"], ["serve", "--port", "seventy"], ["gateway"], ["tokens", "acquire"], ["nonsense"],
            ["limits", "set"], ["harvest"], ["harvest", "--doi", "10.1/a", "--topic", "b"],
            ["config", "check", "/no/such/limits.yaml"], ["gateway", "--origin", "none"],
            ["gateway", "--origin", "http://a.example", "--listen", "8090"],
            ["tokens", "usage", "--server", "http://127.0.0.1:1"], ["jobs", "list", "--server", "nonsense"],
        ])
    func usage(_ arguments: [String]) async throws {
        let process = try RunningProcess("weir", arguments)
        #expect(await process.exit() == 2, "\(process.output)")
        #expect(!process.output.isEmpty)
    }

    @Test(
        "wrong usage says what is wrong and what is right, without the usage of everything",
        arguments: [
            (["harvest"], "topic: give exactly one of"),
            (["harvest", "--doi", "nonsense"], "is not a DOI such as 10."),
            (["harvest", "--works", "/no/such.jsonl"], "'/no/such.jsonl' is not there or cannot be read"),
            (["serve", "--port", "x"], "port: must be a whole number from 0 to 65535"),
            (["serve", "--retention-days", "x"], "retention_days: must be a whole number from 0 to 36500"),
            (["gateway", "--origin", "user:secret@api.example.org"], "what is given has no scheme"),
            (["gateway", "--origin", "ftp://a.example"], "must be an http or https URL such as https://"),
            (["gateway", "--origin", "http://a.example", "--listen", "8090"], "--listen must be HOST:PORT, such as"),
            (
                ["jobs", "list", "--server", "http://127.0.0.1:1"],
                "cannot be asked: connection refused; is 'weir serve'"
            ),
            (["jobs", "list", "--server", "http://no.such.invalid"], "cannot be asked: no such host; is 'weir serve'"),
        ])
    func words(_ arguments: [String], _ fragment: String) async throws {
        let line = try await refusal(arguments)
        #expect(line.contains(fragment), "\(line)")
    }

    @Test("a server of another kind is told from a service")
    func stranger() async throws {
        let origin = try await ScriptedOrigin.serving { _ in
            ScriptedAnswer(404, "<html>", ["Content-Type": "text/html"])
        }
        let line = try await refusal(["jobs", "list", "--server", origin.url])
        #expect(line.contains("\(origin.url) answered 404, and not in JSON as 'weir serve' does"), "\(line)")
    }

    @Test("and what can be is not refused: help and version are 0, a denial is 1")
    func others() async throws {
        for arguments in [["--help"], ["--version"], ["serve", "--help"], ["config", "list"]] {
            let process = try RunningProcess("weir", arguments)
            #expect(await process.exit() == 0, "\(process.output)")
        }
        let service = try await StoredService.start()
        let denied = try RunningProcess("weir", ["tokens", "release", "none", "--server", service.running.url])
        #expect(await denied.exit() == 1)
    }

    @Test("files of Windows editors are read: a byte order mark, carriage returns")
    func windows() async throws {
        let mark = "\u{FEFF}"
        let files = [
            "weir.yaml": "\(mark)log_level: debug\r\ncontact: a@b.example\r\n",
            "limits.yaml": "\(mark)version: 1\r\ndefaults:\r\n  metadata: { rates: [7/MINUTE] }\r\n",
            "cache.yaml": "\(mark)version: 1\r\n",
        ]
        for (name, text) in files { try Data(text.utf8).write(to: folder.url.appending(path: name)) }
        let show = try RunningProcess(
            "weir",
            [
                "config", "show", "--config", path("weir.yaml"), "--rate-config", path("limits.yaml"), "--cache-config",
                path("cache.yaml"), "--data", path("data"),
            ],
            environment: ["\(mark)WEIR_RETENTION_DAYS": "12\r", "WEIR_FETCH_ENABLED": "true\r"])
        #expect(await show.exit() == 0, "\(show.output)")
        for words in ["7/MINUTE", "debug", "a@b.example", "12 ", "true"] {
            #expect(show.output.contains { $0.contains(words) }, "\(words): \(show.output)")
        }
    }
}
