/// Paths and queries of URLs as they are sent.
///
/// Octets that RFC 3986 does not allow where they stand are percent-encoded, and what is percent-encoded already stays as
/// it is. A `%` that begins no such triplet becomes `%25`: kept, as browsers keep it, it would leave the URL invalid, and
/// the next reader might encode all of it once more.
enum WebPath {
    /// In http and https both are the same (WHATWG URL, section 4.4).
    static func isSlash(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: "/") || octet == UInt8(ascii: "\\")
    }

    /// The path without `.` and `..` in whatever spelling (RFC 3986, section 5.2.4; WHATWG URL, section 4.1); `/` for an
    /// empty one.
    static func normalized(_ text: ArraySlice<UInt8>) -> String {
        var path: [UInt8] = []
        path.reserveCapacity(text.count + 1)
        /// Where in `path` each of its segments begins.
        var starts: [Int] = []
        var rest = text.first.map(isSlash) == true ? text.dropFirst() : text
        while true {
            let segment = rest.prefix { !isSlash($0) }
            let isLast = segment.endIndex == rest.endIndex
            let dots = dots(segment)
            if dots == 2, let start = starts.popLast() { path.removeSubrange(start...) }
            if dots == 0 || isLast {
                starts.append(path.count)
                path.append(UInt8(ascii: "/"))
            }
            if dots == 0 { path.append(encoding: segment, keeping: \.isPathCharacter) }
            if isLast { return String(decoding: path, as: UTF8.self) }
            rest = rest[(segment.endIndex + 1)...]
        }
    }

    static func query(_ text: ArraySlice<UInt8>) -> String {
        var query: [UInt8] = []
        query.reserveCapacity(text.count)
        query.append(encoding: text) { $0.isPathCharacter || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        return String(decoding: query, as: UTF8.self)
    }

    /// The path up to its last slash: what relative references begin with (RFC 3986, section 5.2.3).
    static func folder(of path: String) -> ArraySlice<UInt8> {
        Array(path.utf8.reversed().drop { $0 != UInt8(ascii: "/") }.reversed())[...]
    }

    /// 1 for `.`, 2 for `..`, 0 for all other segments; `%2e` is a dot.
    private static func dots(_ segment: ArraySlice<UInt8>) -> Int {
        // Six octets spell two dots at most.
        guard (1...6).contains(segment.count) else { return 0 }
        let plain = segment.percentDecoded
        return plain.count <= 2 && plain.allSatisfy { $0 == UInt8(ascii: ".") } ? plain.count : 0
    }
}

extension [UInt8] {
    fileprivate mutating func append(encoding text: ArraySlice<UInt8>, keeping isKept: (UInt8) -> Bool) {
        var rest = text
        while let octet = rest.first {
            if rest.firstPercentEncoded != nil {
                self += rest.prefix(3)
                rest = rest.dropFirst(3)
            } else {
                if isKept(octet) { append(octet) } else { append(percentEncoding: octet) }
                rest = rest.dropFirst()
            }
        }
    }
}
