import Foundation
import TestSupport
import Testing

@Suite("Databases that cannot be read are set aside, and nothing is replaced in silence", .timeLimit(.minutes(2)))
struct DamagedDatabaseTests {
    enum Damage: String, CaseIterable, Sendable {
        case emptied
        case overwritten
        case cutShort

        func befall(_ file: URL) throws {
            var bytes = try Data(contentsOf: file)
            switch self {
            case .emptied: bytes = Data()
            case .overwritten: bytes.replaceSubrange(0..<64, with: Data(repeating: 0x55, count: 64))
            case .cutShort: bytes = bytes.prefix(bytes.count / 2)
            }
            try bytes.write(to: file)
            // A log that was left beside it would mend it.
            try? FileManager.default.removeItem(atPath: file.path() + "-wal")
        }
    }

    private struct Limits: Decodable {
        struct Status: Decodable {
            let version: Int
            let warnings: [String]
        }
        let status: Status
    }

    private static let places = ["limits.sqlite", "manifest.sqlite", "cache/index.sqlite"]

    @Test("whatever befell them", arguments: places, Damage.allCases)
    func setAside(_ name: String, _ damage: Damage) async throws {
        let first = try await StoredService.start()
        for limit in [70, 80, 90] {
            #expect(try await first.send("PATCH", "/v1/limits", #"{"global_max_inflight":\#(limit)}"#) == nil)
        }
        first.running.process.signal(SIGTERM)
        #expect(await first.running.process.exit() == 0)
        let file = first.file(name)
        try damage.befall(file)
        let damaged = try Data(contentsOf: file)

        let second = try await StoredService.start(in: first.folder)
        let told = second.logs(#""event_type":"database_set_aside""#)
        #expect(told.count == 1, "\(second.running.process.output)")
        let folder = file.deletingLastPathComponent()
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            .filter { $0.wholeMatch(of: #/[a-z]+\.sqlite\.corrupt-[0-9]{8}T[0-9]{6}Z/#) != nil }
        #expect(kept.count == 1)
        let newName = try #require(kept.first)
        #expect(told.first?.contains(newName) == true)
        // Byte for byte what it was, for whoever wants to save something of it.
        #expect(try Data(contentsOf: folder.appending(path: newName)) == damaged)
        let limits = try JSONDecoder().decode(Limits.self, from: try await second.running.get("/v1/limits").body)
        if name == "limits.sqlite" {
            #expect(limits.status.version == 1)
            #expect(limits.status.warnings.first?.contains(newName) == true)
        } else {
            #expect(limits.status.version == 4 && !limits.status.warnings.contains { $0.contains("limits.sqlite") })
        }
        // All is new and sound now.
        #expect(try await second.readiness("ok").code == 200)
        await second.kill()
        let third = try await StoredService.start(in: first.folder)
        #expect(third.logs("set_aside").isEmpty)
    }

    @Test("files of jobs outlive the record that named them", arguments: [true, false])
    func artifacts(_ isRemoved: Bool) async throws {
        let first = try await StoredService.start()
        first.running.process.signal(SIGTERM)
        _ = await first.running.process.exit()
        let artifact = first.file("artifacts/ab/abcdef.pdf")
        try FileManager.default.createDirectory(
            at: artifact.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("%PDF".utf8).write(to: artifact)
        let manifest = first.file("manifest.sqlite")
        if isRemoved {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: manifest.path() + suffix)
            }
        } else {
            try Damage.overwritten.befall(manifest)
        }
        let second = try await StoredService.start(in: first.folder)
        #expect(second.logs(#""event_type":"artifacts_set_aside""#).count == 1)
        let kept = try FileManager.default.contentsOfDirectory(atPath: first.data)
            .filter { $0.hasPrefix("artifacts.kept-") }
        #expect(kept.count == 1)
        let copy = first.file("\(try #require(kept.first))/ab/abcdef.pdf")
        #expect(FileManager.default.fileExists(atPath: copy.path()))
    }

    @Test("a record of limits that was removed is missed")
    func removed() async throws {
        let first = try await StoredService.start()
        await first.kill()
        try FileManager.default.removeItem(at: first.file("limits.sqlite"))
        let second = try await StoredService.start(in: first.folder)
        #expect(second.logs(#""event_type":"database_missing""#).count == 1)
        let limits = try JSONDecoder().decode(Limits.self, from: try await second.running.get("/v1/limits").body)
        #expect(limits.status.warnings.first?.contains("limits.sqlite") == true)
    }

    @Test("the file that instances share limits in, once nobody uses it")
    func shared() async throws {
        let folder = try TemporaryFolder()
        let shared = folder.url.appending(path: "shared.sqlite")
        let backend = ["DOCSTOKG_RLIMIT_BACKEND": "sqlite", "WEIR_BACKEND_DSN": shared.path()]
        try Data(repeating: 0x55, count: 8192).write(to: shared)
        // As SQLite does in every process that has the file open.
        let index = open(shared.path() + "-shm", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        var lock = flock()
        (lock.l_type, lock.l_whence, lock.l_start, lock.l_len) = (Int16(F_RDLCK), Int16(SEEK_SET), 128, 1)
        #expect(fcntl(index, F_SETLK, &lock) == 0)
        let refused = try RunningProcess(
            "weir", ["serve", "--port", "0", "--data", folder.url.appending(path: "other").path()],
            environment: backend)
        #expect(await refused.exit() == 2)
        #expect(refused.output.filter { $0.hasPrefix("weir:") }.count == 1)
        #expect(refused.output.contains { $0.contains("other processes have it open") }, "\(refused.output)")
        close(index)
        let second = try await StoredService.start(environment: backend)
        #expect(second.logs(#""event_type":"database_set_aside""#).count == 1)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path())
        #expect(files.contains { $0.hasPrefix("shared.sqlite.corrupt-") })
        #expect(try await second.send("POST", "/v1/tokens/acquire", #"{"host":"a.example","role":"metadata"}"#) == nil)
    }
}
