import RateLimiting

/// What variables and flags say about limits, by the names that the runbooks know.
enum LimitOverrides {
    private static let hostVariable = "DOCSTOKG_RLIMIT__"

    /// The layer of the environment: `DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT=800`,
    /// `DOCSTOKG_RLIMIT__EXPORT_ARXIV_ORG__METADATA=rates:1/3SECOND+1000/DAY`.
    ///
    /// - Throws: ``DocumentProblems`` that name the variables.
    static func read(environment: [String: String]) throws(DocumentProblems) -> LimitsReader.Result {
        var overrides = Collected()
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) {
            if let setting = Setting.ofLimits.first(where: { $0.variable == name }), let path = setting.limit {
                overrides.add(text, at: path, name: name, origin: .environment(name))
            } else if name.hasPrefix(hostVariable) {
                overrides.addPolicy(text, keyIn: String(name.dropFirst(hostVariable.count)), name: name)
            } else if name.hasPrefix("DOCSTOKG_RLIMIT"), name != Setting.rateConfig.variable {
                let names = Setting.ofLimits.map(\.variable) + [Setting.rateConfig.variable]
                overrides.report(name, "unknown variable\(Spelling.hint(for: name, in: names))")
            }
        }
        return try overrides.finish()
    }

    /// The layer of the command line.
    ///
    /// - Parameters:
    ///   - flags: by key, such as `rate_max_inflight`.
    ///   - hosts: values of `--rate-host-override`, such as `api.crossref.org:metadata=rates:50/SECOND`.
    /// - Throws: ``DocumentProblems`` that name the flags.
    static func read(flags: [String: String], hosts: [String]) throws(DocumentProblems) -> LimitsReader.Result {
        var overrides = Collected()
        for setting in Setting.ofLimits {
            guard let text = flags[setting.key], let flag = setting.flag, let path = setting.limit else { continue }
            overrides.add(text, at: path, name: flag, origin: .flag(flag))
        }
        for text in hosts { overrides.addPolicy(text, flag: Setting.rateHostOverride.flag ?? "") }
        return try overrides.finish()
    }

    /// What several variables or flags come to together.
    private struct Collected {
        private var result = LimitsReader.Result()
        private var problems: [DocumentProblem] = []

        mutating func report(_ name: String, _ message: String) {
            problems.append(DocumentProblem(path: name, message: message))
        }

        consuming func finish() throws(DocumentProblems) -> LimitsReader.Result {
            guard problems.isEmpty else { throw DocumentProblems(problems) }
            return result
        }

        mutating func add(_ text: String, at path: LimitPath, name: String, origin: Origin) {
            guard let kind = LimitsSchema.kind(of: path) else { return }
            take(name) { () throws(DocumentProblems) in
                try LimitsReader.read(DocumentNode(text, kind, path: DocumentPath(name)), at: path, origin: origin)
            }
        }

        /// A variable's name carries host and role: `EXPORT_ARXIV_ORG__METADATA`. Shells know no dots in names, so
        /// `_` stands for one, unless the name has a dot or a hyphen of its own.
        mutating func addPolicy(_ text: String, keyIn key: String, name: String) {
            guard let separator = key.ranges(of: "__").last else {
                report(name, "names no role; it should look like DOCSTOKG_RLIMIT__EXPORT_ARXIV_ORG__METADATA")
                return
            }
            let host = String(key[..<separator.lowerBound])
            let isLiteral = host.contains { ".-:*".contains($0) }
            addPolicy(
                text, host: isLiteral ? host : host.replacing("_", with: "."),
                role: key[separator.upperBound...].lowercased(), name: name, origin: .environment(name))
        }

        mutating func addPolicy(_ text: String, flag: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let colon = parts[0].lastIndex(of: ":") else {
                report(flag, "'\(text)' should look like HOST:ROLE=rates:50/SECOND+10000/HOUR,max_delay_ms:250")
                return
            }
            addPolicy(
                String(parts[1]), host: String(parts[0][..<colon]),
                role: String(parts[0][parts[0].index(after: colon)...]), name: "\(flag) \(parts[0])",
                origin: .flag("\(flag) \(parts[0])"))
        }

        private mutating func addPolicy(_ text: String, host: String, role: String, name: String, origin: Origin) {
            guard let pattern = HostName.canonicalPattern(host) else {
                return report(name, "'\(host)' is no host name; it \(HostName.requirement)")
            }
            guard LimitsSchema.isRole(role) else {
                return report(name, "'\(role)' is no role; \(LimitsSchema.roleRequirement)")
            }
            take(name) { () throws(DocumentProblems) in
                try LimitsReader.read(
                    policy: try DocumentNode(policy: text, path: DocumentPath(name)), host: pattern, role: role,
                    origin: origin)
            }
        }

        private mutating func take(
            _ name: String, _ read: () throws(DocumentProblems) -> LimitsReader.Result
        ) {
            do {
                let read = try read()
                result.warnings += read.warnings
                for (path, stated) in read.layer.values {
                    if let other = result.layer.values[path] {
                        report(name, "\(path) is given by \(other.origin) as well; keep the one that is meant")
                    }
                    result.layer.values[path] = stated
                }
            } catch {
                problems += error.problems
            }
        }
    }
}
