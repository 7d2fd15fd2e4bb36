import Testing

@testable import RateLimiting

struct PolicyTests {
    private let table: LimitTable

    init() throws {
        table = LimitTable(
            version: 1,
            document: LimitsDocument(
                defaults: [
                    "metadata": PolicyPatch(
                        rates: [try Rate(parsing: "10/SECOND")], maxDelayMilliseconds: 200, maxConcurrent: 9,
                        countHead: true, guardMilliseconds: 1)
                ],
                hosts: [
                    "api.onlinelibrary.wiley.com": ["metadata": PolicyPatch(maxDelayMilliseconds: 1)],
                    "*.onlinelibrary.wiley.com": ["metadata": PolicyPatch(maxConcurrent: 2)],
                    "*.wiley.com": [
                        "metadata": PolicyPatch(
                            rates: [try Rate(parsing: "1/SECOND"), try Rate(parsing: "50/HOUR")], maxConcurrent: 3,
                            countHead: false),
                        "artifact": PolicyPatch(rates: []),
                    ],
                ],
                globalMaxInflight: 500))
    }

    @Test(arguments: [
        ("example.org", ["10/SECOND"], 200, 9, true),
        ("wiley.com", ["10/SECOND"], 200, 9, true),
        ("notwiley.com", ["10/SECOND"], 200, 9, true),
        ("www.wiley.com", ["1/SECOND", "50/HOUR"], 200, 3, false),
        ("www.onlinelibrary.wiley.com", ["1/SECOND", "50/HOUR"], 200, 2, false),
        ("api.onlinelibrary.wiley.com", ["1/SECOND", "50/HOUR"], 1, 2, false),
    ])
    func fallsBackValueByValue(
        host: String, rates: [String], maxDelay: Int, maxConcurrent: Int, countHead: Bool
    ) throws {
        let policy = try #require(table.policy(for: LimitKey(host: host, role: "metadata")))
        #expect(policy.windows.map(\.rate.description) == rates)
        #expect(policy.maxDelayMilliseconds == maxDelay)
        #expect(policy.maxConcurrent == maxConcurrent)
        #expect(policy.countHead == countHead)
        #expect(policy.windows.allSatisfy { $0.interval == $0.rate.interval + 1000 })
    }

    @Test func knowsOnlyTheRolesTheDocumentNames() {
        #expect(table.policy(for: LimitKey(host: "example.org", role: "artifact")) == nil)
        #expect(table.policy(for: LimitKey(host: "www.wiley.com", role: "landing")) == nil)
        #expect(table.policy(for: LimitKey(host: "www.wiley.com", role: "artifact"))?.windows.isEmpty == true)
    }

    @Test(
        arguments: [
            ("Example.ORG.", "example.org"), ("gpu-queue", "gpu-queue"), ("a_b:c", "a_b:c"),
            ("", nil), (".", nil), ("*.wiley.com", nil), ("a b", nil), ("bücher.de", nil),
            (String(repeating: "a", count: 254), nil),
        ] as [(String, String?)])
    func normalizesHostNames(text: String, name: String?) {
        #expect(HostName.normalized(text) == name)
    }
}
