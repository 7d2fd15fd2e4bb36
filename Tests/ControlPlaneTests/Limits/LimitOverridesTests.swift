import RateLimiting
import Testing

@testable import ControlPlane

@Suite("Limits in variables and flags") struct LimitOverridesTests {
    @Test(
        "name hosts as shells can write them, or as they are",
        arguments: [
            ("DOCSTOKG_RLIMIT__EXPORT_ARXIV_ORG__METADATA", "export.arxiv.org"),
            ("DOCSTOKG_RLIMIT__export.arxiv.org__metadata", "export.arxiv.org"),
            ("DOCSTOKG_RLIMIT__*.wiley.com__METADATA", "*.wiley.com"),
            ("DOCSTOKG_RLIMIT__gpu-queue_1__metadata", "gpu-queue_1"),
            ("DOCSTOKG_RLIMIT__BÜCHER.example__METADATA", "xn--bcher-kva.example"),
        ])
    func hosts(_ name: String, _ host: String) throws {
        let read = try LimitOverrides.read(environment: [name: "rates:1/3SECOND+1000/DAY, max_delay_ms:250"])
        let rates = try [Rate(parsing: "1/3SECOND"), Rate(parsing: "1000/DAY")]
        #expect(read.layer.values[.host(host, role: "metadata", "rates")]?.value == .rates(rates))
        #expect(read.layer.values[.host(host, role: "metadata", "max_delay_ms")]?.value == .int(250))
    }

    @Test(
        "are refused by name with what would be right",
        arguments: [
            ("DOCSTOKG_RLIMIT_GLOBAL_INFLIHGT", "3", "did you mean 'DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT'?"),
            ("DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT", "many", "must be a whole number, not the text 'many'"),
            ("DOCSTOKG_RLIMIT_GLOBAL_INFLIGHT", "-1", "must be between 1 and 1000000000, not -1"),
            ("DOCSTOKG_RLIMIT_AIMD_ENABLED", "yes", "must be true or false, not the text 'yes'"),
            (
                "DOCSTOKG_RLIMIT_BACKEND", "rediss",
                "must be one of: memory, sqlite, redis, postgres, not the text 'rediss'"
            ),
            ("DOCSTOKG_RLIMIT__METADATA", "rates:1/s", "names no role"),
            ("DOCSTOKG_RLIMIT__A_B__METADATA", "rates=1/s", "should look like rates:50/SECOND+10000/HOUR"),
            ("DOCSTOKG_RLIMIT__A_B__METADATA", "rate:1/s", "unknown key 'rate'; did you mean 'rates'?"),
            ("DOCSTOKG_RLIMIT__A_B__METADATA", "rates:1/s+2/w", "has the unknown unit 'w'"),
            ("DOCSTOKG_RLIMIT__A_B__METADATA", "mode:off,mode:off", "given more than once"),
            ("DOCSTOKG_RLIMIT__A B__METADATA", "mode:off", "'A B' is no host name"),
            ("DOCSTOKG_RLIMIT__A_B__META DATA", "mode:off", "'meta data' is no role"),
        ])
    func mistakes(_ name: String, _ text: String, _ message: String) throws {
        let error = try #require(throws: DocumentProblems.self) {
            try LimitOverrides.read(environment: [name: text])
        }
        #expect(error.description.hasPrefix(name), "\(error)")
        #expect(error.description.contains(message), "\(error)")
        #expect(!error.description.contains("secret"))
    }

    @Test("say a thing only once")
    func twice() throws {
        let error = try #require(throws: DocumentProblems.self) {
            try LimitOverrides.read(
                flags: [:], hosts: ["a.example:metadata=max_delay_ms:1", "A.example:metadata=max_delay_ms:2", "x"])
        }
        #expect(error.problems.count == 2)
        #expect(error.description.contains("is given by flag --rate-host-override a.example:metadata as well"))
        #expect(error.description.contains("'x' should look like HOST:ROLE=rates:"))
    }

    @Test("leave the rest of the environment alone")
    func others() throws {
        let read = try LimitOverrides.read(environment: ["DOCSTOKG_RLIMITS_YAML": "x", "HOME": "/", "WEIR_PORT": "1"])
        #expect(read.layer.values.isEmpty)
    }
}
