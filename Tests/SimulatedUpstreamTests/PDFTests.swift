import Foundation
import HTTPTypes
import Testing

@testable import SimulatedUpstream

@Suite("PDFs")
struct PDFTests {
    @Test("are well-formed, all different, and the same every time")
    func structure() throws {
        let upstream = try Upstream.invented(160)
        let urls = upstream.catalog.works.flatMap(\.offer.urls)
        var seen: Set<[UInt8]> = []
        var sizes: [Int] = []
        for url in urls {
            let (final, answer) = try upstream.follow(url)
            let bytes = answer.bytes
            #expect(try upstream.answer(for: final).bytes == bytes)
            #expect(answer.headers[.contentLength] == String(bytes.count))
            #expect(seen.insert(bytes).inserted)
            sizes.append(bytes.count)
            let problem = Self.problem(bytes)
            #expect(problem == nil, "\(url)")
            #expect(answer.text.contains("(\(final))") || final.contains(where: "()\\".contains))
        }
        #expect(urls.count > 80)
        #expect((sizes.min() ?? 0) < 6_000 && (sizes.max() ?? 0) > 300_000)
    }

    @Test("are served in part, conditionally and not at all where nothing changed")
    func ranges() throws {
        let upstream = try Upstream.invented(20)
        for url in upstream.catalog.works.flatMap(\.offer.urls) {
            let (final, whole) = try upstream.follow(url)
            let tag = try #require(whole.headers[.eTag])
            let length = whole.length
            for start in [0, 1, length / 2, length - 1] {
                let part = try upstream.answer(for: final, headers: [.range: "bytes=\(start)-", .ifRange: tag])
                #expect(part.status == .partialContent)
                #expect(part.bytes == Array(whole.bytes.dropFirst(start)))
                #expect(part.headers[.contentRange] == "bytes \(start)-\(length - 1)/\(length)")
            }
            let changed = try upstream.answer(for: final, headers: [.range: "bytes=9-", .ifRange: "\"other\""])
            #expect(changed.status == .ok && changed.length == length)
            #expect(
                try upstream.answer(for: final, headers: [.range: "bytes=\(length)-"]).status == .rangeNotSatisfiable)
            let known = try upstream.answer(for: final, headers: [.ifNoneMatch: "\"x\", \(tag)"])
            #expect(known.status == .notModified && known.length == 0 && known.headers[.eTag] == tag)
        }
    }

    /// What is wrong with a PDF: its cross-references, its stream lengths, or its frame.
    private static func problem(_ bytes: [UInt8]) -> String? {
        let data = Data(bytes)
        guard let text = String(bytes: bytes, encoding: .isoLatin1), text.hasSuffix("\n%%EOF\n") else { return "end" }
        let lines = text.dropLast("\n%%EOF\n".count).split(separator: "\n").suffix(2)
        guard lines.first == "startxref", let start = lines.last.flatMap({ Int($0) }), start < bytes.count else {
            return "startxref"
        }
        let table = String(decoding: bytes[start...], as: UTF8.self).components(separatedBy: "\n")
        guard table[0] == "xref", let count = table[1].split(separator: " ").last.flatMap({ Int($0) }) else {
            return "xref"
        }
        for number in 1..<count {
            let entry = table[2 + number]
            guard entry.utf8.count == 19, entry.hasSuffix(" 00000 n "), let offset = Int(entry.prefix(10)) else {
                return "entry \(number)"
            }
            let head = "\(number) 0 obj\n"
            guard bytes[offset...].starts(with: head.utf8) else { return "offset of object \(number)" }
            let rest = data[(offset + head.utf8.count)...]
            let line = String(decoding: rest.prefix { $0 != 0x0A }, as: UTF8.self)
            guard line.hasPrefix("<< /Length ") else { continue }
            guard let length = Int(line.dropFirst("<< /Length ".count).prefix { $0.isNumber }) else { return "length" }
            let body = rest.startIndex + line.utf8.count + "\nstream\n".utf8.count
            guard bytes[(body + length)...].starts(with: "\nendstream\nendobj\n".utf8) else {
                return "length of stream \(number)"
            }
        }
        return table[2 + count] == "trailer" ? nil : "trailer"
    }
}
