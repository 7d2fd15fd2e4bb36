import Crypto
import Foundation
import GRDB
import RateLimiting
import Testing

@testable import Harvesting

@Suite("Credentials of jobs at rest") struct CredentialsKeyTests {
    private static let secret = "s3cret-of-core"
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)
    private let request = JobRequest(topic: "x", credentials: [.core: secret])

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func manifest(_ folder: URL) throws -> Manifest {
        try Manifest(path: folder.appending(path: "manifest.sqlite").path())
    }

    /// Whether any file but the key's has the text.
    private func isReadable(_ text: String, in folder: URL) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).contains { name in
            try Data(contentsOf: folder.appending(path: name)).firstRange(of: Data(text.utf8)) != nil
        }
    }

    @Test("They are nowhere in the folder, come back, and their key is its owner's alone")
    func sealed() async throws {
        try await withFolder { folder in
            let manifest = try manifest(folder)
            _ = try await manifest.insert(id: "j", request: request, at: now)
            #expect(try !isReadable(Self.secret, in: folder))
            #expect(try await manifest.credentials(of: "j") == [.core: Self.secret])
            let file = try FileManager.default.attributesOfItem(atPath: manifest.keyFile.path())
            #expect(file[.posixPermissions] as? Int == 0o600 && file[.size] as? Int == 32)
            #expect(try await self.manifest(folder).credentials(of: "j") == [.core: Self.secret])
        }
    }

    @Test("In another job's row, or without their key, they mean nothing")
    func elsewhere() async throws {
        try await withFolder { folder in
            let manifest = try manifest(folder)
            for id in ["j", "k"] { _ = try await manifest.insert(id: id, request: request, at: now) }
            try await manifest.pool.write { database in
                try database.execute(
                    sql: "UPDATE job SET credentials = (SELECT credentials FROM job WHERE id = 'j') WHERE id = 'k'")
            }
            await #expect(throws: CryptoKitError.self) { try await manifest.credentials(of: "k") }
            try Data("short".utf8).write(to: manifest.keyFile)
            await #expect(throws: CryptoKitError.self) { try await manifest.credentials(of: "j") }
            try FileManager.default.removeItem(at: manifest.keyFile)
            await #expect(throws: CryptoKitError.self) { try await manifest.credentials(of: "j") }
        }
    }

    @Test("Those that were kept as they were are encrypted, and leave no trace")
    func earlier() async throws {
        try await withFolder { folder in
            do {
                let manifest = try manifest(folder)
                for id in ["j", "k"] { _ = try await manifest.insert(id: id, request: JobRequest(topic: id), at: now) }
                try await manifest.pool.write { database in
                    try database.execute(
                        sql: "UPDATE job SET credentials = ? WHERE id = 'j'",
                        arguments: [#"{"core":"\#(Self.secret)"}"#])
                }
                try manifest.pool.close()
            }
            #expect(try isReadable(Self.secret, in: folder))
            let manifest = try manifest(folder)
            try await manifest.sealCredentials()
            try await manifest.sealCredentials()
            #expect(try await manifest.credentials(of: "j") == [.core: Self.secret])
            #expect(try await manifest.credentials(of: "k").isEmpty)
            #expect(try !isReadable(Self.secret, in: folder))
        }
    }
}
