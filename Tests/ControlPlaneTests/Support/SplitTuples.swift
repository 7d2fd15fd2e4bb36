/// Finds tuples with an `await` in one of their parts.
///
/// Swift 6.3.1 with -O corrupts what an async closure returns where one part of a tuple is known before a suspension
/// and another only after it (swiftlang/swift pull request 91911). A value that is bound before the tuple is made is
/// right.
enum SplitTuples {
    /// - Returns: the lines that such tuples begin in.
    static func lines(in source: String) -> [Int] {
        struct Bracket {
            let byte: UInt8
            let line: Int
            let isTuple: Bool
            var hasParts = false
            var awaits = false
        }
        let code = SwiftCode(source).bytes
        var found: [Int] = []
        var open: [Bracket] = []
        var line = 1
        for (place, byte) in code.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                let isTuple = byte == UInt8(ascii: "(") && !(place > 0 && code[place - 1].endsCallee)
                open.append(Bracket(byte: byte, line: line, isTuple: isTuple))
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard let bracket = open.popLast() else { break }
                if bracket.isTuple, bracket.hasParts, bracket.awaits { found.append(bracket.line) }
            case UInt8(ascii: ","):
                if !open.isEmpty { open[open.count - 1].hasParts = true }
            case UInt8(ascii: "a") where isWord("await", at: place, in: code):
                // What a closure awaits is no part of the tuple that the closure is.
                for index in open.indices.reversed() {
                    guard open[index].byte != UInt8(ascii: "{") else { break }
                    open[index].awaits = true
                }
            default: break
            }
        }
        return found
    }

    private static func isWord(_ word: String, at place: Int, in code: [UInt8]) -> Bool {
        let end = place + word.utf8.count
        return code[place...].starts(with: word.utf8) && !(place > 0 && code[place - 1].isInName)
            && !(end < code.count && code[end].isInName)
    }
}

/// A source text without what its comments, strings and regular expressions say; lines stay where they were.
struct SwiftCode {
    private(set) var bytes: [UInt8]
    private var position = 0

    init(_ source: String) {
        bytes = Array(source.utf8)
        while position < bytes.count {
            if starts("//") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { blank() }
            } else if starts("/*") {
                skip(to: "*/")
            } else if starts("#/") {
                skip(to: "/#")
            } else if !skipString() {
                position += 1
            }
        }
    }

    private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func blank() {
        if bytes[position] != UInt8(ascii: "\n") { bytes[position] = UInt8(ascii: " ") }
        position += 1
    }

    private mutating func blank(_ text: String) {
        for _ in text.utf8 where position < bytes.count { blank() }
    }

    private mutating func skip(to end: String) {
        blank(end)
        while position < bytes.count, !starts(end) { blank() }
        blank(end)
    }

    /// Passes over a string, with what is interpolated in it; `false` where none begins.
    private mutating func skipString() -> Bool {
        let hashes = String(repeating: "#", count: bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count)
        guard let quotes = ["\"\"\"", "\""].first(where: { starts(hashes + $0) }) else { return false }
        blank(hashes + quotes)
        while position < bytes.count, !starts(quotes + hashes) {
            if starts("\\" + hashes + "(") {
                blank("\\" + hashes + "(")
                skipInterpolation()
            } else if starts("\\" + hashes) {
                blank("\\" + hashes + " ")
            } else {
                blank()
            }
        }
        blank(quotes + hashes)
        return true
    }

    private mutating func skipInterpolation() {
        var depth = 1
        while position < bytes.count, depth > 0 {
            if skipString() { continue }
            if bytes[position] == UInt8(ascii: "(") { depth += 1 }
            if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
            blank()
        }
    }
}

extension UInt8 {
    fileprivate var isInName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }

    /// Whether a parenthesis right behind it begins the arguments of a call.
    fileprivate var endsCallee: Bool { isInName || Array(")]>}!?`".utf8).contains(self) }
}
