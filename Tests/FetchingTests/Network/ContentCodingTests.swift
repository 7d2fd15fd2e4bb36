import Foundation
import HTTPTypes
import NIOCore
import RateLimiting
import ScriptedOrigin
import TestSupport
import Testing

@testable import Fetching

@Suite("Content codings")
struct ContentCodingTests {
    private static let text = Array("The weir keeps the river in its bed. ".utf8)
    private static let longText = Array(repeatElement(text, count: 30).joined())

    /// What is fetched of an origin that sends these bytes under this coding.
    private func fetched(
        _ bytes: [UInt8], _ coding: String, method: HTTPRequest.Method = .get, status: Int = 200,
        delivery: ScriptedAnswer.Delivery = .whole
    ) async throws -> (headers: HTTPFields, body: [UInt8]) {
        let origin = try await ScriptedOrigin.serving { _ in
            var answer = ScriptedAnswer(status, "", ["Content-Encoding": coding, "ETag": "\"a\""])
            answer.body = ByteBuffer(bytes: bytes)
            return answer.delivered(delivery)
        }
        let clients = UpstreamClients(proxies: .direct, roots: .ofSystem, addresses: nil)
        let transport = NetworkTransport(clients: clients, addresses: nil, userAgent: "test")
        let outcome: Result<(headers: HTTPFields, body: [UInt8]), any Error>
        do {
            let fetched = try await transport.withResponse(to: .to("\(origin.url)/", method: method)) { response in
                let body = try await response.body.collect()
                return (headers: response.headers, body: Array(body.readableBytesView))
            }
            outcome = .success(fetched)
        } catch {
            outcome = .failure(error)
        }
        try await clients.shutdown()
        await origin.stop()
        return try outcome.get()
    }

    private func failure(_ bytes: [UInt8], _ coding: String) async -> String? {
        do {
            _ = try await fetched(bytes, coding)
            return nil
        } catch {
            return (error as? FetchError)?.reason ?? "\(error)"
        }
    }

    @Test(
        "are taken off, whichever way they are named and whichever format comes",
        arguments: [
            ("gzip", Compressed.gzip), ("x-gzip", Compressed.gzip), ("X-GZip", Compressed.gzip),
            ("gzip, identity", Compressed.gzip), ("deflate", Compressed.zlib), ("deflate", Compressed.deflate),
            ("deflate", Compressed.gzip), ("gzip", Compressed.zlib),
        ] as [(String, @Sendable ([UInt8]) -> [UInt8])])
    func formats(_ coding: String, _ compress: @Sendable ([UInt8]) -> [UInt8]) async throws {
        for delivery in [ScriptedAnswer.Delivery.whole, .bytewise] {
            let (headers, body) = try await fetched(compress(Self.longText), coding, delivery: delivery)
            #expect(body == Self.longText)
            #expect(headers[.contentEncoding] == nil && headers[.contentLength] == nil)
            #expect(headers[.eTag] == "W/\"a\"")
        }
    }

    @Test("of several members are one content, and what follows is none of it")
    func members() async throws {
        let members = (0..<5).flatMap { _ in Compressed.gzip(Self.text) }
        let content = Array(repeatElement(Self.text, count: 5).joined())
        for trailer in [[], [0], [UInt8](repeating: 0, count: 512), Array("garbage".utf8), [0x1F], [0x1F, 0x00]] {
            for delivery in [ScriptedAnswer.Delivery.whole, .bytewise] {
                #expect(try await fetched(members + trailer, "gzip", delivery: delivery).body == content, "\(trailer)")
            }
        }
        #expect(try await fetched(Compressed.zlib(Self.text) + [1, 2, 3], "deflate").body == Self.text)
    }

    @Test("of nothing are nothing", arguments: ["gzip", "x-gzip", "deflate"])
    func empty(_ coding: String) async throws {
        #expect(try await fetched([], coding).body == [])
        #expect(try await fetched(Compressed.gzip([]), coding).body == [])
        #expect(try await fetched([], coding, method: .head).body == [])
        #expect(try await fetched([], coding, status: 304).body == [])
    }

    @Test(
        "that were not asked for, or more than one, are refused by name",
        arguments: ["br", "zstd", "compress", "gzip, gzip", "gzip, br", "deflate,gzip"])
    func refused(_ coding: String) async throws {
        #expect(await failure(Compressed.gzip(Self.text), coding) == "undecodable")
        // Where there is no body, there is nothing to refuse.
        #expect(try await fetched([], coding, method: .head).body == [])
        #expect(try await fetched([], coding, status: 304).body == [])
    }

    @Test("that are none leave the bytes as they are", arguments: ["identity", "none", "utf-8", "", "binary"])
    func mistakes(_ coding: String) async throws {
        let (headers, body) = try await fetched(Self.text, coding)
        #expect(body == Self.text)
        #expect(headers[.eTag] == "\"a\"")
    }

    @Test("that are none of what they say are refused")
    func uncompressed() async {
        #expect(await failure(Self.text, "gzip") == "undecodable")
        var damaged = Compressed.gzip(Self.longText)
        damaged[damaged.count - 6] ^= 0xFF
        #expect(await failure(damaged, "gzip") == "undecodable")
        #expect(await failure(Compressed.gzip(Self.text) + [0x1F, 0x8B, 0xFF, 0xFF], "gzip") == "undecodable")
    }

    @Test("are never shortened in silence: a body that ends early is an error, wherever it is cut")
    func truncated() async throws {
        for compress in [Compressed.gzip, Compressed.zlib, Compressed.deflate] {
            let whole = compress(Self.text)
            for length in 1..<whole.count {
                let inflater = Inflater(.deflate)
                inflater.receive(ByteBuffer(bytes: whole.prefix(length)))
                #expect(throws: FetchError.truncated("the compressed body ends early")) {
                    while try inflater.next() != nil {}
                    try inflater.finish()
                }
            }
        }
        let cut = Array(Compressed.gzip(Self.longText).dropLast(4))
        #expect(await failure(cut, "gzip") == "truncated")
        // The second of two members is cut as well.
        #expect(await failure(Compressed.gzip(Self.text) + cut, "gzip") == "truncated")
    }

    @Test("are the same content in whatever pieces they come; a seed repeats it")
    func pieces() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<40 {
            let contents = (0..<random.number(1...3)).map { _ in
                (0..<random.number(0...30_000)).map { _ in UInt8(random.number(0...3)) }
            }
            var bytes = ByteBuffer(bytes: contents.flatMap(Compressed.gzip))
            let inflater = Inflater(.gzip)
            var content: [UInt8] = []
            while bytes.readableBytes > 0 {
                let length = min(bytes.readableBytes, random.number(1...random.number(1...5_000)))
                let arriving = bytes.readSlice(length: length)
                inflater.receive(try #require(arriving))
                while let piece = try inflater.next() {
                    #expect(piece.readableBytes <= Inflater.chunk)
                    content += piece.readableBytesView
                }
            }
            try inflater.finish()
            #expect(content == contents.flatMap(\.self))
        }
    }

    @Test("that only bombs need are refused before they have grown; what is small may be dense")
    func bombs() async throws {
        #expect(await failure(Compressed.gzip([UInt8](repeating: 0, count: 40 << 20)), "gzip") == "undecodable")
        let dense = [UInt8](repeating: 0, count: 1 << 20)
        #expect(try await fetched(Compressed.gzip(dense), "gzip").body == dense)
    }

    @Test("of random bytes end, in content or in an error; a seed repeats it")
    func noise() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<500 {
            var bytes = Compressed.gzip((0..<random.number(0...300)).map { _ in UInt8(random.number(0...255)) })
            for _ in 0..<random.number(1...4) {
                bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
            }
            let inflater = Inflater(random.chance(50) ? .gzip : .deflate)
            inflater.receive(ByteBuffer(bytes: bytes))
            do {
                while try inflater.next() != nil {}
                try inflater.finish()
            } catch {
                #expect(["undecodable", "truncated"].contains(error.reason))
            }
        }
    }
}
