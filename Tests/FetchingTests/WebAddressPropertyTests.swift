import Foundation
import TestSupport
import Testing

@testable import Fetching

@Suite("Addresses of the web, at random") struct WebAddressPropertyTests {
    @Test("They are read as a naive reader reads them")
    func asNaiveReader() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<20_000 {
            let url = NaiveURL(using: &random)
            let address = try WebAddress(parsing: url.text)
            #expect(address.text == url.meaning, "\(url.text)")
        }
    }

    /// What parsers stumble over.
    private static let tokens = [
        "http://", "https://", "//", "\\\\", "/", "?", "#", "@", ":", "[", "]", "::", "%", "%2e", "%2E%2e/", "..",
        "../", ".",
        "%00", "%25", "%zz", "%", "0x", "0177", "2130706433", "99999999999999999999", ":0", ":65536", ":80", "\t", "\n",
        " ",
        "\u{0}", "\u{7F}", "\u{FEFF}", "é", "\u{AD}", "。", "．", "１", "𝄞", "\u{301}", "xn--", "a", "-", "_", "|", "\"",
        "<",
        "%41", "localhost", "127.0.0.1", "[::ffff:1.2.3.4]", "fe80::1%25eth0", "user:pw@", "&", "utm_source=x", "ftp:",
    ]
    private static let seeds = [
        "http://a.example/", "https://user@a.example:8080/p/../q?r=%20#f", "http://[2001:db8::1]:81/x",
        "http://127.1/..",
        "https://bücher.example/ä?ö=|", "//b.example/x", "../x?y", "http://a/b/c/d;p?q", "",
    ]

    private static func mutated(_ text: String, _ random: inout SeededGenerator) -> String {
        var octets = Array(text.utf8)
        for _ in 0..<random.number(1...4) {
            let place = random.number(0...octets.count)
            switch random.number(0...3) {
            case 0: octets.insert(contentsOf: (tokens.randomElement(using: &random) ?? "").utf8, at: place)
            case 1 where place < octets.count: octets[place] = UInt8.random(in: 0...255, using: &random)
            case 2 where place < octets.count:
                octets.removeSubrange(place..<min(octets.count, place + random.number(1...6)))
            default: octets.insert(contentsOf: octets.suffix(random.number(0...8)), at: place)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// What holds for every address, whatever text it came from.
    private static func holds(_ address: WebAddress) throws -> Bool {
        let segments = address.path.split(separator: "/", omittingEmptySubsequences: false)
        let dots = segments.map { $0.lowercased().replacing("%2e", with: ".") }
        let scheme = address.isSecure ? "https" : "http"
        return try WebAddress(parsing: address.text) == address
            && WebAddress(parsing: address.text).text == address.text
            && !address.host.isEmpty && (1...65535).contains(address.port) && address.path.hasPrefix("/")
            && !dots.contains(".") && !dots.contains("..") && address.text.utf8.count <= WebAddress.maximumLength
            && address.text == "\(scheme)://\(address.authority)\(address.target)" && !address.text.contains("#")
            && !address.authority.contains("@")
            && address.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"|\"<>\\^`{}".utf8.contains($0) }
            // So that whoever reads it next changes nothing.
            && URL(string: address.text)?.absoluteString == address.text
            && WebAddress(parsing: address.origin).origin == address.origin
    }

    @Test("No text brings the reader down, and what it reads is an address")
    func mutatedTexts() throws {
        let count = ProcessInfo.processInfo.environment["WEIR_MUTATED_URLS"].flatMap { Int($0) } ?? 30_000
        var random = SeededGenerator(seed: TestSeed.current)
        var page = try WebAddress(parsing: "http://a.example/dir/page?q")
        var read = 0
        for _ in 0..<count {
            let text = Self.mutated(Self.seeds.randomElement(using: &random) ?? "", &random)
            _ = Proxy(parsing: text)
            _ = WebAddress.withoutUser(text)
            for address in [try? WebAddress(parsing: text), try? page.resolving(text)].compactMap(\.self) {
                read += 1
                let isSound = try Self.holds(address) && Self.holds(address.withoutTrackers)
                #expect(isSound, "\(text.debugDescription) is read as \(address.text)")
                if random.chance(5), address.text.utf8.count < 200 { page = address }
            }
        }
        #expect(read > count / 4)
    }
}
