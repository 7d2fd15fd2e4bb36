import HTTPCaching
import HTTPTypes
import TestSupport

/// Fields as origins, clients and attackers write them.
struct FieldGenerator {
    var random: SeededGenerator

    static let directives = [
        "no-store", "no-cache", "no-cache=\"etag\"", "no-cache=\"\"", "private", "private=\"x\"", "public",
        "must-revalidate", "proxy-revalidate", "must-understand", "immutable", "only-if-cached", "no-transform",
    ]
    static let numeric = ["max-age", "s-maxage", "min-fresh", "max-stale", "stale-while-revalidate", "stale-if-error"]
    static let numbers = [
        "0", "1", "10", "60", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "99999999999999999999999", "", "-1", "+1", "1.5", "\"5\"", "x", "\u{663}", "0x10",
    ]
    static let tags = ["\"a\"", "W/\"a\"", "\"b\"", "\"\"", "\"", "W/", "*", "\"a\", \"b\"", "\"\\\"", "a", ""]
    static let names = [
        "Cache-Control", "CDN-Cache-Control", "Expires", "Date", "Age", "Last-Modified", "ETag", "Vary", "Pragma",
        "Connection", "Set-Cookie", "Content-Range", "Content-Length", "Range", "If-Range", "If-None-Match",
        "If-Modified-Since", "If-Match", "Authorization", "X", "Cache-Groups", "Cache-Group-Invalidation",
    ].compactMap { HTTPField.Name($0) }
    static let pieces =
        directives + numbers + tags + [
            ",", "=", "\"", "\\", " ", "\t", "-", "/", "*", "bytes=", "bytes ", "GMT", "\u{301}",
        ]

    mutating func fields(_ count: ClosedRange<Int> = 0...8) -> HTTPFields {
        var fields = HTTPFields()
        for _ in 0..<random.number(count) {
            let name = Self.names.randomElement(using: &random) ?? .vary
            fields.append(field(name))
        }
        return fields
    }

    mutating func field(_ name: HTTPField.Name) -> HTTPField {
        if random.chance(5) {
            let octets = (0..<random.number(0...20)).map { _ in UInt8.random(in: 0...255, using: &random) }
            return HTTPField(name: name, lenientValue: octets)
        }
        if random.chance(10) {
            let text = (0..<random.number(0...8)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
            return HTTPField(name: name, value: text.joined())
        }
        return HTTPField(name: name, value: plausible(name))
    }

    private mutating func plausible(_ name: HTTPField.Name) -> String {
        switch name.canonicalName {
        case "cache-control", "cdn-cache-control", "pragma":
            (0..<random.number(0...4)).map { _ in directive() }.joined(separator: ", ")
        case "expires", "date", "last-modified", "if-modified-since":
            random.chance(80) ? at(Int64(random.number(-100_000...100_000))) : number()
        case "etag", "if-none-match", "if-match", "if-range": Self.tags.randomElement(using: &random) ?? ""
        case "cache-groups", "cache-group-invalidation":
            (0..<random.number(0...3)).map { _ in Self.tags.randomElement(using: &random) ?? "" }.joined(separator: ",")
        case "vary", "connection": Self.names.randomElement(using: &random)?.rawName ?? "*"
        case "range": "bytes=\(number())-\(number())"
        case "content-range": "bytes \(number())-\(number())/\(number())"
        default: number()
        }
    }

    mutating func directive() -> String {
        if random.chance(50) { return Self.directives.randomElement(using: &random) ?? "" }
        let name = Self.numeric.randomElement(using: &random) ?? ""
        return random.chance(10) ? name : "\(name)=\(number())"
    }

    private mutating func number() -> String {
        random.chance(70) ? String(random.number(0...120)) : Self.numbers.randomElement(using: &random) ?? ""
    }

    mutating func rules(isShared: Bool) -> CacheRules {
        guard random.chance(30) else { return CacheRules(isShared: isShared) }
        return CacheRules(
            isShared: isShared, minimumLifetime: Int64(random.number(0...100)),
            staleWhileRevalidate: Int64(random.number(0...100)), staleIfError: Int64(random.number(0...100)))
    }

    mutating func status() -> Int {
        [200, 200, 200, 206, 206, 204, 301, 302, 304, 404, 416, 503, 599].randomElement(using: &random) ?? 200
    }

    /// Whatever is stored: also what a cache would have refused.
    mutating func stored() -> StoredResponse {
        let length = Int64.random(in: 1...(random.chance(5) ? .max : 100), using: &random)
        let first = Int64.random(in: 0..<length, using: &random)
        let last = Int64.random(in: first..<length, using: &random)
        return StoredResponse(
            status: .init(code: status()), fields: fields(), requestTime: Exchange.start,
            responseTime: Exchange.start.advanced(by: Int64(random.number(0...9))),
            extent: random.chance(30) ? .part(range: first..<last + 1, length: length) : .complete)
    }
}
