import Testing

@testable import Fetching

@Suite("Addresses that may be fetched from")
struct AddressTests {
    @Test(
        "Inside the machine and the private network none may",
        arguments: [
            "127.0.0.1", "127.255.0.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
            "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "255.255.255.255",
            "240.0.0.1", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1", "::7f00:1", "fd00:ec2::254", "::ffff:0:7f00:1",
            "64:ff9b:1::7f00:1",
        ])
    func special(text: String) throws {
        let address = try #require(IPAddress(parsing: text))
        #expect(!AllowedAddresses.publicOnly.allows(address))
    }

    @Test(
        "On the public internet all may",
        arguments: [
            "1.1.1.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "100.63.0.1", "100.128.0.1", "9.9.9.9", "11.0.0.1",
            "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2a00:1450::1",
        ])
    func open(text: String) throws {
        let address = try #require(IPAddress(parsing: text))
        #expect(AllowedAddresses.publicOnly.allows(address))
    }

    @Test("An operator may add addresses and blocks, and nothing else changes")
    func additions() throws {
        let allowed = try AllowedAddresses(adding: ["10.1.2.3", "192.168.4.0/22", "fd00::/8"])
        for (text, expected) in [
            ("10.1.2.3", true), ("10.1.2.4", false), ("192.168.4.1", true), ("192.168.7.255", true),
            ("192.168.8.1", false), ("fd12::1", true), ("fe80::1", false), ("::ffff:10.1.2.3", true),
        ] {
            #expect(allowed.allows(try #require(IPAddress(parsing: text))) == expected, "\(text)")
        }
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "localhost", "::/129", "10.0.0"])
    func unreadableAdditionsAreNamed(text: String) {
        #expect(throws: AllowedAddresses.Unreadable(text: text)) { try AllowedAddresses(adding: [text]) }
    }

    @Test(
        "Whatever way a host spells such an address, it is blocked before anything is sent",
        arguments: [
            "127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "169.254.169.254", "0", "localhost",
        ], [true, false])
    func spellings(host: String, looksUp: Bool) async throws {
        let error = await #expect(throws: FetchError.self) {
            try await AddressGuard(.publicOnly).check(host: host, looksUp: looksUp)
        }
        #expect(error?.reason == "blocked_address", "\(host)")
    }

    @Test("A host that the operator chose may be anywhere, and no other may")
    func trusted() async throws {
        let guarding = AddressGuard(.publicOnly, trusting: "127.0.0.1")
        try await guarding.check(host: "127.0.0.1", looksUp: true)
        for host in ["127.0.0.2", "localhost", "10.0.0.1", "2130706433"] {
            await #expect(throws: FetchError.self) { try await guarding.check(host: host, looksUp: true) }
        }
    }
}
