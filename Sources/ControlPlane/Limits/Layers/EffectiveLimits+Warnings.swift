import RateLimiting

extension EffectiveLimits {
    /// Rates that others of the same policy keep from ever being reached.
    static func unreachable(_ values: [LimitPath: Entry]) -> [DocumentProblem] {
        values.sorted { $0.key < $1.key }.flatMap { path, entry -> [DocumentProblem] in
            guard case .rates(let rates) = entry.value else { return [] }
            return rates.compactMap { rate in
                rates.first { rate.isOutOfReach(under: $0) }.map { other in
                    DocumentProblem(
                        path: path.description,
                        message: "the rate '\(rate)' can never be reached: '\(other)' allows less in that time "
                            + "(\(entry.origin))")
                }
            }
        }
    }

    /// Values of wildcards that do not hold for a host below them, since the built-in limits name that host itself.
    static func overruled(_ values: [LimitPath: Entry], in document: LimitsDocument) -> [DocumentProblem] {
        var hosts: [LimitPath: [String]] = [:]
        for path in LimitsLayer.builtIn.values.keys {
            guard case .host(let host, let role, let key) = path, let builtIn = values[path], builtIn.origin == .builtIn
            else { continue }
            for pattern in document.patterns(matching: host) where pattern != host {
                let path = LimitPath.host(pattern, role: role, key)
                guard let entry = values[path], entry.origin != .builtIn, entry.value != builtIn.value else { continue }
                hosts[path, default: []].append(host)
            }
        }
        return hosts.sorted { $0.key < $1.key }.map { path, hosts in
            DocumentProblem(
                path: path.description,
                message:
                    "has no effect on \(hosts.sorted().joined(separator: ", ")): the built-in limits name this host"
                    + " itself; name it as well to change it")
        }
    }

    /// Roles that only hosts name, and that look like one that has defaults.
    static func misspelt(_ document: LimitsDocument) -> [DocumentProblem] {
        let meant = document.roles.subtracting(document.defaults.keys).reduce(into: [String: String]()) {
            $0[$1] = Spelling.nearest(to: $1, in: document.defaults.keys)
        }
        return document.hosts.sortedByBytes.flatMap { host, policies in
            policies.keys.sorted().compactMap { role in
                meant[role].map { nearest in
                    DocumentProblem(
                        path: "hosts.\(host).\(role)", message: "names a role of its own; did you mean '\(nearest)'?")
                }
            }
        }
    }

    /// Roles that no limit governs.
    static func unlimited(_ document: LimitsDocument) -> [DocumentProblem] {
        let table = LimitTable(version: 0, document: document)
        let places =
            document.defaults.keys.map { (host: "*", role: $0, path: "defaults.\($0)") }
            + document.hosts.flatMap { host, policies in
                policies.keys.map { (host: host, role: $0, path: "hosts.\(host).\($0)") }
            }
        return places.sorted { $0.path < $1.path }.compactMap { host, role, path in
            guard let policy = table.policy(for: LimitKey(host: host, role: role)), policy.windows.isEmpty,
                policy.maxConcurrent == nil, policy.mode != .off
            else { return nil }
            return DocumentProblem(
                path: path, message: "has neither rates nor max_concurrent, and so limits nothing")
        }
    }
}

extension Rate {
    /// Whether another rate lets fewer units start within this one's interval than it allows itself.
    fileprivate func isOutOfReach(under other: Rate) -> Bool {
        let intervals = (interval - 1) / other.interval + 1
        let (most, overflow) = Int64(other.units).multipliedReportingOverflow(by: intervals)
        return !overflow && most < Int64(units)
    }
}
