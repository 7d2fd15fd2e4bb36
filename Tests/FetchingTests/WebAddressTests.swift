import Fetching
import Testing

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("HTTP://Example.COM:80/a#b", "http://example.com/a"),
        ("https://example.com:443", "https://example.com/"),
        ("http://example.com:8080/?q=1", "http://example.com:8080/?q=1"),
        ("http://user:secret@example.com/x", "http://example.com/x"),
        (
            "http://doi.org/10.1890/1051(2000)010[0001:ABC]2.0.CO;2<1::x>",
            "http://doi.org/10.1890/1051(2000)010%5B0001:ABC%5D2.0.CO;2%3C1::x%3E"
        ),
        ("http://xn--bcher-kva.example/a", "http://xn--bcher-kva.example/a"),
        ("http://bücher.example/a\n", "http://xn--bcher-kva.example/a"),
        (" http://example.com/a b", "http://example.com/a%20b"),
    ])
    func addressesAreMadeComparable(_ text: String, _ expected: String) throws {
        #expect(try WebAddress(parsing: text).text == expected)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com/", "http://", "http:///x", "file:///etc/passwd", "http://a b/",
    ])
    func whatCannotBeFetchedIsRefused(_ text: String) {
        #expect(throws: FetchError.self) { try WebAddress(parsing: text) }
    }

    @Test func lengthIsBounded() {
        let long = "http://example.com/" + String(repeating: "a", count: WebAddress.maximumLength)
        #expect(throws: FetchError.self) { try WebAddress(parsing: long) }
    }

    @Test func trackersAreDroppedAndNothingElse() throws {
        let address = try WebAddress(parsing: "http://a.example/p?utm_source=x&id=1%2B2&fbclid=y&UTM=z")
        #expect(address.withoutTrackers.text == "http://a.example/p?id=1%2B2&UTM=z")
        #expect(try WebAddress(parsing: "http://a.example/p?gclid=1").withoutTrackers.text == "http://a.example/p")
    }

    @Test(arguments: [
        ("x.pdf", "http://a.example/dir/x.pdf"), ("/x.pdf", "http://a.example/x.pdf"),
        ("//b.example/x", "http://b.example/x"), ("?q", "http://a.example/dir/page?q"),
        ("\n x.pdf \t", "http://a.example/dir/x.pdf"), ("../x y.pdf", "http://a.example/x%20y.pdf"),
    ])
    func referencesAreResolved(_ reference: String, _ expected: String) throws {
        let page = try WebAddress(parsing: "http://a.example/dir/page")
        #expect(try page.resolving(reference).text == expected)
    }
}
