import HTTPTypes
import NIOCore

/// A PDF at a URL: the same bytes and headers whenever it is asked for.
struct Artifact {
    let key: URLKey
    private let hash: UInt64
    private let document: PDFDocument

    init(key: URLKey, url: String, work: Work) {
        self.key = key
        hash = StableHash.hash(key.description, salt: 11)
        document = PDFDocument(title: work.title ?? "Untitled", url: url, hash: hash, size: Self.size(hash))
    }

    /// From 2 KiB to 1 MiB, as many small ones as large ones in every doubling.
    private static func size(_ hash: UInt64) -> Int {
        let smallest = 2_048 << Int(hash % 9)
        return smallest + Int(StableHash.mix(hash) % UInt64(smallest))
    }

    private var tag: String { "\"\(StableHash.hex(hash))\"" }

    /// Between 2010 and 2025.
    private var modified: String {
        HTTPDate.text(secondsSince1970: 1_262_304_000 + Int(hash % 473_385_600))
    }

    /// Answers a GET, with regard to `If-None-Match`, `If-Modified-Since`, `Range: bytes=n-` and `If-Range`.
    func answer(to headers: HTTPFields, wrongType: Bool) -> Answer {
        var answer = representation(for: headers)
        answer.headers[.eTag] = tag
        answer.headers[.lastModified] = modified
        answer.headers[.acceptRanges] = "bytes"
        answer.headers[.cacheControl] = "max-age=3600"
        if wrongType {
            answer.headers[.contentType] = "text/html; charset=utf-8"
        } else if hash % 25 == 7 {
            answer.headers[.contentType] = "application/octet-stream"
        }
        return answer
    }

    private func representation(for headers: HTTPFields) -> Answer {
        if isKnown(to: headers) {
            var answer = Answer(status: .notModified, type: "application/pdf", body: [])
            answer.headers[.contentLength] = nil
            return answer
        }
        guard let start = rangeStart(in: headers) else {
            return Answer(status: .ok, type: "application/pdf", body: document.segments)
        }
        guard start < document.size else {
            var answer = Answer(status: .rangeNotSatisfiable, type: "application/pdf", body: [])
            answer.headers[.contentRange] = "bytes */\(document.size)"
            return answer
        }
        var answer = Answer(status: .partialContent, type: "application/pdf", body: tail(from: start))
        answer.headers[.contentRange] = "bytes \(start)-\(document.size - 1)/\(document.size)"
        return answer
    }

    private func isKnown(to headers: HTTPFields) -> Bool {
        if let tags = headers[.ifNoneMatch] {
            return tags.split(separator: ",").map { $0.trimmingSpaces }.contains { $0 == tag || $0 == "*" }
        }
        return headers[.ifModifiedSince] == modified
    }

    private func rangeStart(in headers: HTTPFields) -> Int? {
        guard let range = headers[.range], range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
        if let condition = headers[.ifRange], condition != tag, condition != modified { return nil }
        return Int(range.dropFirst("bytes=".count).dropLast())
    }

    private func tail(from start: Int) -> [ByteBuffer] {
        var skip = start
        var rest: [ByteBuffer] = []
        for var segment in document.segments {
            let skipped = min(skip, segment.readableBytes)
            segment.moveReaderIndex(forwardBy: skipped)
            skip -= skipped
            if segment.readableBytes > 0 { rest.append(segment) }
        }
        return rest
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: SubSequence {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
