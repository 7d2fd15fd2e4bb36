import TestSupport

/// A limits document by the grammar, with whatever a test then does to it.
indirect enum RandomDocument {
    /// As it stands in JSON, and in YAML as well.
    case scalar(String)
    case list([RandomDocument])
    case mapping([(key: String, value: RandomDocument)])

    /// A valid document.
    init(_ random: inout SeededGenerator) {
        var entries: [(key: String, value: RandomDocument)] = [("version", .scalar("1"))]
        entries.append(("defaults", Self.policies(&random)))
        let hosts = ["api.crossref.org", "*.wiley.com", "export.arxiv.org", "gpu-queue"].prefix(random.number(1...4))
        entries.append(("hosts", .mapping(hosts.map { ($0, Self.policies(&random)) })))
        if random.chance(50) {
            entries.append(("aimd", .mapping([("enabled", .scalar("true")), ("window_s", .scalar("9"))])))
        }
        entries.append(("global_max_inflight", .scalar("\(random.number(1...999))")))
        self = .mapping(entries)
    }

    private static func policies(_ random: inout SeededGenerator) -> RandomDocument {
        .mapping(["metadata", "landing", "artifact"].prefix(random.number(1...3)).map { ($0, policy(&random)) })
    }

    private static func policy(_ random: inout SeededGenerator) -> RandomDocument {
        var entries: [(key: String, value: RandomDocument)] = [
            (
                "rates",
                .list([.scalar("\"\(random.number(1...50))/SECOND\""), .scalar("\"\(random.number(60...99))/m\"")])
            )
        ]
        if random.chance(50) { entries.append(("max_delay_ms", .scalar("\(random.number(0...9000))"))) }
        if random.chance(30) { entries.append(("count_head", .scalar("false"))) }
        if random.chance(30) { entries.append(("mode", .scalar("\"shadow\""))) }
        return .mapping(entries)
    }

    /// The document as JSON, which is YAML too.
    var json: String {
        switch self {
        case .scalar(let text): text
        case .list(let items): "[" + items.map(\.json).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\"\($0.key)\": \($0.value.json)" }.joined(separator: ", ") + "}"
        }
    }

    /// The document as people write it.
    var yaml: String { yaml(indentation: 0) }

    private func yaml(indentation: Int) -> String {
        guard case .mapping(let entries) = self, !entries.isEmpty else { return json }
        return entries.map { entry in
            let head = String(repeating: " ", count: indentation) + "\"\(entry.key)\":"
            guard case .mapping(let inner) = entry.value, !inner.isEmpty else { return "\(head) \(entry.value.json)" }
            return "\(head)\n\(entry.value.yaml(indentation: indentation + 2))"
        }.joined(separator: "\n")
    }

    /// What can be done to a document so that it must not be accepted.
    enum Mistake: CaseIterable {
        case unknownKey
        case repeatedKey
        case wrongType
        case badNumber
        case badRate
        case badHost
        case badRole
        case missingVersion
        case contradiction
    }

    /// Makes one mistake somewhere.
    func with(_ mistake: Mistake, _ random: inout SeededGenerator) -> RandomDocument {
        guard case .mapping(var entries) = self else { return self }
        func anywhere(_ change: (inout [(key: String, value: RandomDocument)], inout SeededGenerator) -> Void) {
            changePolicy(&entries, &random, change)
        }
        switch mistake {
        case .unknownKey:
            let names = [
                "rate", "max_dealy_ms", "", "ünits", "<<", "status ", "rates.", String(repeating: "x", count: 400),
            ]
            let name = names[random.number(0...names.count - 1)]
            if random.chance(50) {
                entries.append((name, .scalar("1")))
            } else {
                anywhere { policy, _ in policy.append((name, .scalar("1"))) }
            }
        case .repeatedKey:
            if random.chance(50) {
                entries.append(entries[random.number(0...entries.count - 1)])
            } else {
                anywhere { policy, _ in policy.append(policy[0]) }
            }
        case .wrongType:
            let values = ["[]", "{}", "\"\"", "1.5", "\"7\"", "true", "[[1]]", "{\"a\": {}}", "1e99", "-0.5"]
            let value = values[random.number(0...values.count - 1)]
            anywhere { policy, random in
                let key = ["rates", "max_concurrent", "guard_ms"][random.number(0...2)]
                policy = policy.filter { $0.key != key } + [(key, .scalar(value))]
            }
        case .badNumber:
            let value = ["-1", "99999999999", "-9223372036854775808"][random.number(0...2)]
            anywhere { policy, random in
                let key = ["max_delay_ms", "max_concurrent", "guard_ms", "max_waiters"][random.number(0...3)]
                policy = policy.filter { $0.key != key } + [(key, .scalar(value))]
            }
        case .badRate:
            let rates = [
                "10", "/SECOND", "10/", "0/SECOND", "-1/s", "1/0s", "1/FORTNIGHT", "1/s/s", "1.5/s", "ten/s",
                "99999999999/s", "1/99999999999999999999s", "1/900d", "\\u0000/s", "١/s",
            ]
            let rate = rates[random.number(0...rates.count - 1)]
            anywhere { policy, _ in policy[0] = ("rates", .list([.scalar("\"\(rate)\"")])) }
        case .badHost:
            let host = ["a b", "http://a", "*", "a*.b", "ü/x", "", "a.b/c", "*."][random.number(0...7)]
            change("hosts", in: &entries) { $0.append((host, .mapping([]))) }
        case .badRole:
            let role = ["Metadata", "a b", "", "rôle", String(repeating: "r", count: 65)][random.number(0...4)]
            change("defaults", in: &entries) { $0.append((role, .mapping([]))) }
        case .missingVersion:
            entries[0].value = .scalar(["2", "\"1\"", "1.5", "true", "null"][random.number(0...4)])
            if random.chance(20) { entries.removeFirst() }
        case .contradiction:
            entries = entries.filter { $0.key != "aimd" }
            entries.append(
                ("aimd", .mapping([("min_multiplier", .scalar("0.9")), ("max_multiplier", .scalar("0.8"))])))
        }
        return .mapping(entries)
    }

    private func change(
        _ section: String, in entries: inout [(key: String, value: RandomDocument)],
        _ change: (inout [(key: String, value: RandomDocument)]) -> Void
    ) {
        guard let place = entries.firstIndex(where: { $0.key == section }),
            case .mapping(var inner) = entries[place].value
        else { return }
        change(&inner)
        entries[place].value = .mapping(inner)
    }

    private func changePolicy(
        _ entries: inout [(key: String, value: RandomDocument)], _ random: inout SeededGenerator,
        _ body: (inout [(key: String, value: RandomDocument)], inout SeededGenerator) -> Void
    ) {
        change("defaults", in: &entries) { roles in
            let place = random.number(0...roles.count - 1)
            guard case .mapping(var policy) = roles[place].value else { return }
            body(&policy, &random)
            roles[place].value = .mapping(policy)
        }
    }
}
