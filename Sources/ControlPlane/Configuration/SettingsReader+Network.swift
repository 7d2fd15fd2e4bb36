import Fetching

extension SettingsReader {
    /// The proxy that is set, for everything; without one those that the environment names, as most programs have them.
    func proxies() async throws -> ProxyRules {
        if let text = try await string(.proxy) {
            // The text may carry a credential, so it is not repeated.
            guard let proxy = Proxy(parsing: text) else {
                throw refused(.proxy, "must look like http://127.0.0.1:8899")
            }
            return ProxyRules(plain: proxy, secure: proxy)
        }
        return ProxyRules(
            plain: try environmentProxy("http_proxy"), secure: try environmentProxy("https_proxy"),
            exceptions: variable("no_proxy")?.value ?? "")
    }

    private func environmentProxy(_ name: String) throws -> Proxy? {
        guard let (name, text) = variable(name) else { return nil }
        guard let proxy = Proxy(parsing: text) else {
            throw SettingsError(name, "must look like http://proxy.example.org:3128; only HTTP proxies are known")
        }
        return proxy
    }

    /// Programs disagree about the case; the lower one wins.
    private func variable(_ name: String) -> (name: String, value: String)? {
        for name in [name, name.uppercased()] {
            if let value = environment[name] { return (name, value) }
        }
        return nil
    }

    func trustedRoots(_ setting: Setting) async throws -> TrustedRoots? {
        guard let file = try await string(setting) else { return nil }
        do {
            return try TrustedRoots(file: file)
        } catch {
            throw refused(setting, "'\(file)' must be a readable file with certificates in PEM")
        }
    }
}
