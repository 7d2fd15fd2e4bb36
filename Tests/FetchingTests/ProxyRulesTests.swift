import Testing

@testable import Fetching

@Suite struct ProxyRulesTests {
    private func isProxied(_ url: String, exceptions: String) throws -> Bool {
        let proxy = try #require(Proxy(parsing: "http://proxy.example:3128"))
        let rules = ProxyRules(plain: proxy, secure: proxy, exceptions: exceptions)
        return rules.proxy(for: try WebAddress(parsing: url)) != nil
    }

    @Test(
        "NO_PROXY is read as most programs read it",
        arguments: [
            ("", "http://a.example/", true), ("*", "http://a.example/", false),
            ("a.example", "http://a.example/", false), ("a.example", "http://b.a.example/", false),
            (".a.example", "http://b.a.example/", false), ("*.a.example", "http://b.a.example/", false),
            ("a.example", "http://ba.example/", true), ("A.Example", "http://a.example/", false),
            ("x, a.example ,y", "http://a.example/", false), ("a.example:8080", "http://a.example:8080/", false),
            ("a.example:8080", "http://a.example/", true), ("a.example:443", "https://a.example/", false),
            ("10.0.0.0/8", "http://10.1.2.3/", false), ("10.0.0.0/8", "http://11.1.2.3/", true),
            ("10.1.2.3", "http://10.1.2.3:81/", false), ("10.0.0.0/8", "http://ten.example/", true),
        ])
    func exceptions(_ exceptions: String, _ url: String, _ isProxied: Bool) throws {
        #expect(try self.isProxied(url, exceptions: exceptions) == isProxied)
    }

    @Test("Each scheme has its own proxy")
    func schemes() throws {
        let secure = try #require(Proxy(parsing: "secure.example:8443"))
        let rules = ProxyRules(plain: nil, secure: secure)
        #expect(rules.proxy(for: try WebAddress(parsing: "http://a.example/")) == nil)
        #expect(
            rules.proxy(for: try WebAddress(parsing: "https://a.example/"))?.description == "http://secure.example:8443"
        )
    }

    @Test("A proxy never shows its credentials")
    func description() throws {
        let proxy = try #require(Proxy(parsing: "http://me:s%3Acret@proxy.example"))
        #expect(proxy.description == "http://proxy.example:80")
        #expect(proxy.credentials?.user == "me" && proxy.credentials?.password == "s:cret")
    }
}
