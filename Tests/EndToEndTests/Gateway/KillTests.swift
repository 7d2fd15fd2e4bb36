import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ScriptedOrigin
import TestSupport
import Testing

@Suite("a gateway that is killed", .serialized, .timeLimit(.minutes(5)))
struct KillTests {
    /// Several chunks of file and network each.
    private static let size = 3_000_000
    private static let rounds = 50

    /// Asks for a body and reads it; `nil` where it did not come whole.
    private static func body(_ url: String, onlyIfCached: Bool = false, _ watch: @Sendable (Int) -> Void = { _ in })
        async -> (UInt, ByteBuffer)?
    {
        var request = HTTPClientRequest(url: url)
        if onlyIfCached { request.headers.add(name: "Cache-Control", value: "only-if-cached") }
        var body = ByteBuffer()
        do {
            let response = try await HTTPClient.few.execute(request, timeout: .seconds(30))
            for try await var chunk in response.body {
                body.writeBuffer(&chunk)
                watch(body.readableBytes)
            }
            return (response.status.code, body)
        } catch {
            return nil
        }
    }

    @Test("while bodies are being written, fifty times: what it serves afterwards is what was stored")
    func kills() async throws {
        var random = SeededGenerator(seed: TestSeed.current)
        let origin = try await ScriptedOrigin.serving { _ in
            .large(bytes: Self.size, ["Cache-Control": "max-age=6000"])
        }
        let folder = try TemporaryFolder()
        var hits = 0
        var misses = 0
        for round in 0..<Self.rounds {
            let gateway = try await GatewayProcess(origin: origin.url, folder: folder)
            for earlier in 0..<(round > 0 ? 4 : 0) {
                let answer = await Self.body("\(gateway.url)/\(round - 1)/\(earlier)", onlyIfCached: true)
                let (status, body) = try #require(answer)
                if status == 200 {
                    hits += 1
                    #expect(body.readableBytes == Self.size && GeneratedBytes.matches(body))
                } else {
                    misses += 1
                    #expect(status == 504)
                }
            }
            // Somewhere within the bodies, or once one of them has come to its end and must have been stored.
            let moment = round.isMultiple(of: 2) ? random.number(1...Self.size) : .max
            let url = gateway.url
            let (passed, pass) = AsyncStream.makeStream(of: Void.self)
            await withTaskGroup { group in
                for number in 0..<4 {
                    group.addTask {
                        _ = await Self.body("\(url)/\(round)/\(number)") { if $0 >= moment { pass.yield() } }
                        pass.yield()
                    }
                }
                for await _ in passed { break }
                await gateway.kill()
            }
        }
        print("killed \(Self.rounds) times: \(hits) bodies served afterwards, \(misses) not stored")
        #expect(hits >= Self.rounds / 2 - 1 && misses > 0)
        let gateway = try await GatewayProcess(origin: origin.url, folder: folder)
        let bodies = folder.url.appending(path: "data/cache/bodies")
        let files = try FileManager.default.subpathsOfDirectory(atPath: bodies.path()).filter { $0.count > 3 }
        #expect(files.count >= hits)
        await gateway.kill()
        await origin.stop()
    }
}
