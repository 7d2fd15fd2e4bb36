import Fetching
import Foundation

extension FetchBenchmarks {
    /// How much memory large bodies take while they pass, over what the idle process has.
    func memory() async throws {
        _ = try await fetch(try request("/1kb"), by: stack)
        for (work, path, role, bytes) in [
            ("stream_memory", "/1gb", FetchRole.artifact, 1 << 30),
            ("stream_memory_stored", "/fresh/200mb", .metadata, 200_000_000),
            ("stream_memory_hit", "/fresh/200mb", .metadata, 200_000_000),
        ] {
            let request = try request(path, role)
            let idle = try Self.status("VmRSS")
            // Makes the high-water mark start from now.
            try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
            let received = try await fetch(request, by: stack)
            guard received == bytes else { throw Unexpected(description: "\(received) bytes of \(path)") }
            Self.report(work, Double(try Self.status("VmHWM") - idle), "bytes")
        }
    }

    private static func status(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw Unexpected(description: "no \(name) in /proc/self/status")
        }
        return kilobytes * 1024
    }
}
