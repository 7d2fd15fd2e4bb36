/// A strict reader of the text exposition format: it refuses whatever the format does not allow.
struct ExpositionParser {
    struct Family: Equatable {
        var kind: String
        var help: String?
        /// In the order of the text, by name and labels as written.
        var samples: [Sample] = []
    }

    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var families: [String: Family] = [:]
    private var open: String?
    private var help: (name: String, text: String)?
    private var seen: Set<String> = []

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Refusal(description: "no newline at the end") }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            do {
                try read(line)
            } catch {
                throw Refusal(description: "\(error) in '\(line)'")
            }
        }
    }

    private mutating func read(_ line: Substring) throws {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        if line.hasPrefix("# HELP "), words.count == 4 {
            try check(families[words[2]] == nil && help == nil, "misplaced HELP")
            help = (words[2], words[3])
        } else if line.hasPrefix("# TYPE "), words.count == 4 {
            try check(families[words[2]] == nil, "a second TYPE")
            try check(["counter", "gauge", "histogram"].contains(words[3]), "unknown type")
            try check(help == nil || help?.name == words[2], "HELP of another metric")
            families[words[2]] = Family(kind: words[3], help: help?.text)
            help = nil
            open = words[2]
        } else {
            try readSample(line)
        }
    }

    private mutating func readSample(_ line: Substring) throws {
        guard let family = open, let kind = families[family]?.kind else { throw Refusal(description: "no TYPE") }
        var rest = line
        let name = String(rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") })
        rest = rest.dropFirst(name.count)
        let suffixes = kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        try check(suffixes.contains { name == family + $0 }, "sample of another metric")
        let labels = rest.first == "{" ? try readLabels(&rest) : [:]
        try check(rest.first == " ", "no blank before the value")
        let number = rest.dropFirst()
        let special = ["+Inf": Double.infinity, "-Inf": -.infinity, "NaN": .nan]
        guard let value = special[String(number)] ?? Double(number) else { throw Refusal(description: "no number") }
        try check(seen.insert(String(line.dropLast(number.count))).inserted, "a second sample of the series")
        families[family]?.samples.append(Sample(name: name, labels: labels, value: value))
    }

    private func readLabels(_ rest: inout Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        repeat {
            rest = rest.dropFirst()
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            rest = rest.dropFirst(name.count)
            try check(!name.isEmpty && name.first?.isNumber == false, "bad label name")
            try check(rest.hasPrefix("=\""), "no value for '\(name)'")
            rest = rest.dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "n": value.append("\n")
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                default: throw Refusal(description: "bad escape")
                }
            }
            try check(labels.updateValue(value, forKey: String(name)) == nil, "a second '\(name)'")
        } while rest.first == ","
        try check(rest.popFirst() == "}", "labels without an end")
        return labels
    }

    private func check(_ condition: Bool, _ message: String) throws {
        guard condition else { throw Refusal(description: message) }
    }
}
