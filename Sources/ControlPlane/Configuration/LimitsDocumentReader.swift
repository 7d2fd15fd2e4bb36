import RateLimiting

/// Reads a limits document, schema version 1, strictly: whatever is not understood is a problem with its place.
struct LimitsDocumentReader {
    private var problems: [DocumentProblem] = []

    static func read(_ root: DocumentNode) throws(DocumentProblems) -> LimitsDocument {
        var reader = LimitsDocumentReader()
        let document = reader.document(root)
        guard reader.problems.isEmpty else { throw DocumentProblems(reader.problems) }
        return document
    }

    private mutating func document(_ root: DocumentNode) -> LimitsDocument {
        var document = LimitsDocument.builtIn
        var hasVersion = false
        for (key, node) in mapping(root) {
            switch key {
            case "version":
                hasVersion = true
                if int(node, atLeast: 0) != 1 { report(node, "only schema version 1 is known, not \(node.kind)") }
            case "defaults":
                for (role, patch) in roles(node) {
                    document.defaults[role] = patch.falling(backTo: document.defaults[role] ?? PolicyPatch())
                }
            case "hosts": document.hosts = hosts(node)
            case "backend": backend(node)
            case "aimd": document.aimd = aimd(node)
            case "global_max_inflight":
                if let most = int(node, atLeast: 1) { document.globalMaxInflight = most }
            default:
                unknown(
                    key, in: node,
                    known: ["version", "defaults", "hosts", "backend", "aimd", "global_max_inflight"])
            }
        }
        if !hasVersion { report(root, "version is missing; it must be 1") }
        return document
    }

    private mutating func hosts(_ node: DocumentNode) -> [String: [String: PolicyPatch]] {
        var hosts: [String: [String: PolicyPatch]] = [:]
        for (name, policies) in mapping(node) {
            let isWildcard = name.hasPrefix("*.")
            guard let host = HostName.normalized(isWildcard ? String(name.dropFirst(2)) : name) else {
                report(policies, "'\(name)' is no host name; it should look like api.example.org or *.example.org")
                continue
            }
            let pattern = isWildcard ? "*.\(host)" : host
            guard hosts[pattern] == nil else {
                report(policies, "the host \(pattern) is given more than once")
                continue
            }
            hosts[pattern] = roles(policies)
        }
        return hosts
    }

    private mutating func roles(_ node: DocumentNode) -> [String: PolicyPatch] {
        var roles: [String: PolicyPatch] = [:]
        for (role, policy) in mapping(node) {
            guard Self.isRole(role) else {
                report(policy, "'\(role)' is no role; use 1 to 64 of a-z, 0-9, '_' and '-'")
                continue
            }
            roles[role] = patch(policy)
        }
        return roles
    }

    static func isRole(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    private mutating func patch(_ node: DocumentNode) -> PolicyPatch {
        var patch = PolicyPatch()
        for (key, node) in mapping(node) {
            switch key {
            case "rates": patch.rates = rates(node)
            case "max_delay_ms": patch.maxDelayMilliseconds = int(node, atLeast: 0, atMost: 86_400_000)
            case "max_concurrent": patch.maxConcurrent = int(node, atLeast: 1)
            case "max_waiters": patch.maxWaiters = int(node, atLeast: 0, atMost: 100_000)
            case "mode": patch.mode = mode(node)
            case "count_head": patch.countHead = bool(node)
            case "guard_ms": patch.guardMilliseconds = int(node, atLeast: 0, atMost: 60_000)
            default:
                unknown(
                    key, in: node,
                    known: [
                        "rates", "max_delay_ms", "max_concurrent", "max_waiters", "count_head", "guard_ms", "mode",
                    ])
            }
        }
        return patch
    }

    private mutating func rates(_ node: DocumentNode) -> [Rate]? {
        guard case .sequence(let items) = node.value else {
            report(node, "must be a list of rates such as [10/SECOND, 5000/HOUR], not \(node.kind)")
            return nil
        }
        if items.isEmpty { report(node, "must name at least one rate") }
        if items.count > 16 { report(node, "holds \(items.count) rates; at most 16 are possible") }
        var rates: [Rate] = []
        for item in items {
            guard case .string(let text) = item.value else {
                report(item, "must be a rate such as 10/SECOND, not \(item.kind)")
                continue
            }
            do {
                let rate = try Rate(parsing: text)
                if let other = rates.first(where: { $0.interval == rate.interval }) {
                    report(item, "the rate '\(text)' has the same interval as '\(other)'; keep the one that is meant")
                }
                rates.append(rate)
            } catch {
                report(item, "the rate '\(text)' \(error)")
            }
        }
        return rates
    }

    private mutating func mode(_ node: DocumentNode) -> Policy.Mode? {
        if case .string(let text) = node.value, let mode = Policy.Mode(rawValue: text) { return mode }
        // YAML of old reads a bare off as false.
        if case .bool(false) = node.value { return .off }
        report(node, "must be enforce, shadow or off, not \(node.kind)")
        return nil
    }

    private mutating func backend(_ node: DocumentNode) {
        for (key, node) in mapping(node) {
            switch (key, node.value) {
            case ("kind", .string("memory")), ("dsn", .string("")), ("dsn", .null): break
            case ("kind", _): report(node, "only 'memory' is available in this version, not \(node.kind)")
            case ("dsn", _): report(node, "must be empty: the memory backend connects to nothing")
            default: unknown(key, in: node, known: ["kind", "dsn"])
            }
        }
    }

    private mutating func aimd(_ node: DocumentNode) -> AIMDSettings {
        var settings = AIMDSettings()
        for (key, node) in mapping(node) {
            switch key {
            case "enabled": bool(node).map { settings.enabled = $0 }
            case "window_s": int(node, atLeast: 1).map { settings.windowSeconds = $0 }
            case "high_429_ratio": number(node, 0...1).map { settings.highRatio = $0 }
            case "increase_step_pct": number(node, 0...100).map { settings.increaseStepPercent = $0 }
            case "decrease_step_pct": number(node, 0...100).map { settings.decreaseStepPercent = $0 }
            case "min_multiplier": number(node, 0.001...1).map { settings.minimumMultiplier = $0 }
            case "max_multiplier": number(node, 0.001...10).map { settings.maximumMultiplier = $0 }
            default:
                unknown(
                    key, in: node,
                    known: [
                        "enabled", "window_s", "high_429_ratio", "increase_step_pct", "decrease_step_pct",
                        "min_multiplier", "max_multiplier",
                    ])
            }
        }
        if settings.minimumMultiplier > settings.maximumMultiplier {
            report(node, "min_multiplier must not be above max_multiplier")
        }
        return settings
    }
}

// MARK: - Values

extension LimitsDocumentReader {
    private mutating func report(_ node: DocumentNode, _ message: String) {
        problems.append(DocumentProblem(path: node.path, line: node.line, column: node.column, message: message))
    }

    private mutating func unknown(_ key: String, in node: DocumentNode, known: [String]) {
        report(node, "unknown key '\(key)'; known here: \(known.joined(separator: ", "))")
    }

    private mutating func mapping(_ node: DocumentNode) -> [(key: String, value: DocumentNode)] {
        guard case .mapping(let entries) = node.value else {
            report(node, "must be a mapping, not \(node.kind)")
            return []
        }
        return entries
    }

    private mutating func int(_ node: DocumentNode, atLeast least: Int, atMost most: Int = 1_000_000_000) -> Int? {
        guard case .int(let value) = node.value else {
            report(node, "must be a whole number, not \(node.kind)")
            return nil
        }
        guard (least...most).contains(value) else {
            report(node, "must be between \(least) and \(most), not \(value)")
            return nil
        }
        return value
    }

    private mutating func number(_ node: DocumentNode, _ range: ClosedRange<Double>) -> Double? {
        let value: Double
        switch node.value {
        case .int(let int): value = Double(int)
        case .double(let double): value = double
        default:
            report(node, "must be a number, not \(node.kind)")
            return nil
        }
        guard range.contains(value) else {
            report(node, "must be between \(range.lowerBound) and \(range.upperBound), not \(value)")
            return nil
        }
        return value
    }

    private mutating func bool(_ node: DocumentNode) -> Bool? {
        guard case .bool(let value) = node.value else {
            report(node, "must be true or false, not \(node.kind)")
            return nil
        }
        return value
    }
}
