import Foundation
import NIOCore
import Testing

@testable import SimulatedUpstream

@Suite("The gzip bomb")
struct GzipBombTests {
    @Test("is small, and proper gzip of at least 512 MiB")
    func inflates() async throws {
        let file = GzipBomb.file
        #expect(file.readableBytes < 512 << 10)
        let size = file.getInteger(at: file.writerIndex - 4, endianness: .little, as: UInt32.self)
        #expect(size.map { $0 >= 512 << 20 } == true)

        // gunzip inflates it to the end and holds the length and the checksum against what is announced.
        let path = FileManager.default.temporaryDirectory.appending(path: "bomb-\(UUID().uuidString).gz")
        try Data(file.readableBytesView).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        #expect(try await Self.exitStatus(of: "/usr/bin/gunzip", ["-t", path.path()]) == 0)
    }

    @Test(
        "has a checksum that agrees with the usual one of zeros",
        arguments: [(0, 0), (1, 0xD202_EF8D), (4, 0x2144_DF1C), (1_000, 0x060B_1780)])
    func checksums(count: Int, checksum: UInt32) {
        #expect(CRC32.checksum(ofZeros: count) == checksum)
    }

    private static func exitStatus(of program: String, _ arguments: [String]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
