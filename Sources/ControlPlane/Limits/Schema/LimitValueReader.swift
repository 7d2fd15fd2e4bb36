import RateLimiting

/// Reads single values of a limits document, and collects what is wrong with them.
struct LimitValueReader {
    private(set) var problems: [DocumentProblem] = []
    private(set) var warnings: [DocumentProblem] = []

    /// More are not worth reading.
    private static let maximumProblems = 100

    mutating func report(_ node: DocumentNode, _ message: @autoclosure () -> String, at place: TextPlace? = nil) {
        guard problems.count < Self.maximumProblems else { return }
        problems.append(DocumentProblem(path: "\(node.path)", place: place ?? node.place, message: message()))
    }

    /// A key that the schema does not know.
    mutating func unknown(_ key: String, _ node: DocumentNode, known: some Sequence<String>) {
        report(node, "unknown key '\(key.excerpt)'\(Spelling.hint(for: key, in: known))", at: node.keyPlace)
    }

    mutating func warn(_ node: DocumentNode, _ message: String) {
        warnings.append(DocumentProblem(path: "\(node.path)", place: node.place, message: message))
    }

    mutating func mapping(_ node: DocumentNode) -> [(key: String, value: DocumentNode)] {
        guard case .mapping(let entries) = node.value else {
            report(node, "must be a mapping, not \(node.kind)")
            return []
        }
        return entries
    }

    mutating func value(_ node: DocumentNode, _ kind: LimitsSchema.Kind) -> LimitValue? {
        switch (kind, node.value) {
        case (.int(let range), .int(let value)):
            guard range.contains(value) else {
                report(node, "must be between \(range.lowerBound) and \(range.upperBound), not \(value)")
                return nil
            }
            return .int(value)
        case (.number(let range), .int), (.number(let range), .double):
            return number(node, range).map(LimitValue.number)
        case (.bool, .bool(let value)):
            return .bool(value)
        case (.mode, .string(let text)):
            if let mode = Policy.Mode(rawValue: text) { return .mode(mode) }
        case (.mode, .bool(false)):
            // YAML of old reads a bare off as false.
            return .mode(.off)
        case (.rates, .sequence(let items)):
            return .rates(rates(node, items))
        case (.choice(let known), .string(let text)):
            if known.contains(text) { return .text(text) }
        case (.prefix, .string(let text)):
            if LimitsSchema.isPrefix(text) { return .text(text) }
        case (.address, .string(let text)):
            return .text(text)
        case (.address, .null):
            return .text("")
        default: break
        }
        report(node, "must be \(kind.requirement), not \(kind.mayBeSecret(node) ? "what is given" : node.kind)")
        return nil
    }

    private mutating func number(_ node: DocumentNode, _ range: ClosedRange<Double>) -> Double? {
        let value: Double
        switch node.value {
        case .int(let int): value = Double(int)
        case .double(let double): value = double
        default: return nil
        }
        guard range.contains(value) else {
            report(node, "must be between \(range.lowerBound) and \(range.upperBound), not \(value)")
            return nil
        }
        return value
    }

    private mutating func rates(_ node: DocumentNode, _ items: [DocumentNode]) -> [Rate] {
        if items.isEmpty { report(node, "must name at least one rate") }
        if items.count > 16 { report(node, "holds \(items.count) rates; at most 16 are possible") }
        var rates: [Rate] = []
        for item in items.prefix(16) {
            guard case .string(let text) = item.value else {
                report(item, "must be a rate such as 10/SECOND, not \(item.kind)")
                continue
            }
            do {
                let rate = try Rate(parsing: text)
                if let other = rates.first(where: { $0.interval == rate.interval }) {
                    report(
                        item,
                        "the rate '\(text.excerpt)' has the same interval as '\(other)'; keep the one that is meant")
                }
                rates.append(rate)
            } catch {
                report(item, "the rate '\(text.excerpt)' \(error)")
            }
        }
        return rates
    }
}

extension LimitsSchema.Kind {
    /// What a value has to be, for messages.
    var requirement: String {
        switch self {
        case .int: "a whole number"
        case .number: "a number"
        case .bool: "true or false"
        case .mode: "enforce, shadow or off"
        case .rates: "a list of rates such as [10/SECOND, 5000/HOUR]"
        case .choice(let known): "one of: \(known.joined(separator: ", "))"
        case .prefix: "1 to 64 of letters, digits, '.', '_', ':' and '-'"
        case .address: "an address, or empty"
        }
    }

    /// Whether a value may carry a password: an address does, in whatever place it was put by mistake.
    func mayBeSecret(_ node: DocumentNode) -> Bool {
        if case .address = self { return true }
        if case .choice = self, case .string(let text) = node.value { return text.contains { ":/@".contains($0) } }
        return false
    }
}
