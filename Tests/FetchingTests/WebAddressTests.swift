import Fetching
import Testing

@Suite("Addresses of the web") struct WebAddressTests {
    @Test(
        "Equal addresses have equal texts",
        arguments: [
            ("HTTP://Example.COM:80/a#b", "http://example.com/a"),
            ("https://example.com:443", "https://example.com/"),
            ("http://example.com:8080/?q=1", "http://example.com:8080/?q=1"),
            ("http://example.com?q", "http://example.com/?q"), ("http://example.com/?", "http://example.com/?"),
            ("http://xn--bcher-kva.example/a", "http://xn--bcher-kva.example/a"),
            ("http://bücher.example/a\n", "http://xn--bcher-kva.example/a"),
            ("http://ＥＸＡＭＰＬＥ。com/", "http://example.com/"), ("http://ex%61mple.com./", "http://example.com/"),
            (" \u{0}http://example.com/a\u{A0}", "http://example.com/a"),
            ("ht\ntp://exa\r\nmple.com/a\tb", "http://example.com/ab"),
            (#"http:\\example.com\a\..\b?\"#, "http://example.com/b?%5C"),
            ("http://example.com//a//", "http://example.com//a//"), ("http://a_b.example/", "http://a_b.example/"),
        ])
    func equal(_ text: String, _ expected: String) throws {
        #expect(try WebAddress(parsing: text).text == expected)
    }

    @Test(
        "Only what is invalid is encoded, and what is encoded stays as it is",
        arguments: [
            ("f=x|y&z=%20", "f=x%7Cy&z=%20"), ("a=%c3%A9é", "a=%c3%A9%C3%A9"),
            ("a b\"<>`{}^", "a%20b%22%3C%3E%60%7B%7D%5E"),
            ("filter[x]=1", "filter%5Bx%5D=1"), ("!$&'()*+,;=:@/?-._~", "!$&'()*+,;=:@/?-._~"),
            ("100%", "100%25"), ("%zz%4", "%25zz%254"), ("%%20", "%25%20"), ("\u{1}\u{7F}", "%01%7F"),
        ])
    func encoding(_ query: String, _ expected: String) throws {
        #expect(try WebAddress(parsing: "http://a.example/?\(query)").query == expected)
        let path = query.replacing("/", with: "").replacing("?", with: "")
        let encodedPath = "/" + expected.replacing("/", with: "").replacing("?", with: "")
        #expect(try WebAddress(parsing: "http://a.example/\(path)").path == encodedPath)
    }

    @Test("A DOI as some write it")
    func doi() throws {
        let text = "http://doi.org/10.1890/1051(2000)010[0001:ABC]2.0.CO;2<1::x>"
        #expect(try WebAddress(parsing: text).path == "/10.1890/1051(2000)010%5B0001:ABC%5D2.0.CO;2%3C1::x%3E")
    }

    @Test(
        "Dot segments are gone, however they are spelt",
        arguments: [
            ("/pub/../private/", "/private/"), ("/pub/%2e%2E/private", "/private"), ("/pub/.%2e", "/"),
            ("/pub/%2e./x", "/x"), ("/a/./b/.", "/a/b/"), ("/a/%2E/b/%2e", "/a/b/"), ("/a/b/..", "/a/"),
            ("/..", "/"), ("/../../x", "/x"), ("/a//../b", "/a/b"), ("/a/..//b", "//b"), (#"/a\..\b"#, "/b"),
            ("/a/...", "/a/..."), ("/.a/b.", "/.a/b."), ("/%2e%2e%2e", "/%2e%2e%2e"), ("/..%2f", "/..%2f"),
        ])
    func dots(_ path: String, _ expected: String) throws {
        #expect(try WebAddress(parsing: "http://a.example\(path)").path == expected)
    }

    @Test(
        "What cannot be fetched is refused",
        arguments: [
            "", "example.com", "/a", "//example.com/", "ftp://example.com/", "http:", "http:/example.com", "http://",
            "http:///x", "http://?", "file:///etc/passwd", "http://a b/", "http://a..b/", "http://./", "http://-\u{0}/",
            "http://a%2fb/", "http://a%00b/", "http://%ff/", "http://a:b:1/", "http://a:-1/", "http://a:1x/",
            "http://[::1", "http://[::1]x/", "http://::1/", "http://[fe80::1%25eth0]/", "http://[1.2.3.4]/",
            "http://[]/",
            "http://[::1::]/", "http://1.2.3.4.5/", "http://1.2.3.256/", "http://4294967296/", "http://08/",
            "http://0x100000000/", "http://a.0x1g.1/", "http://1..2/", "javascript:alert(1)", "1http://a/", "http//a",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: FetchError.self) { try WebAddress(parsing: text) }
        #expect(error?.reason == "invalid_url")
    }

    @Test(
        "A user or a password is refused, and not repeated",
        arguments: [
            "http://me:secret@a.example/", "http://secret@a.example/", "http://:secret@a/", "http://@a/",
            "http://a@b@c/",
        ])
    func users(_ text: String) throws {
        let error = try #require(#expect(throws: FetchError.self) { try WebAddress(parsing: text) })
        #expect(error.detail == "the URL has a user or password, which is not allowed")
        let page = try WebAddress(parsing: "https://a.example/")
        #expect(throws: error) { try page.resolving(String(text.dropFirst(5))) }
    }

    @Test(
        "Ports are numbers from 1 to 65535",
        arguments: [
            ("", 80), (":", 80), (":80", 80), (":1", 1), (":65535", 65535), (":00000000000000000000443", 443),
            (":0", nil),
            (":65536", nil), (":99999999999999999999", nil), (":9223372036854775808", nil),
        ] as [(String, Int?)])
    func ports(_ port: String, _ expected: Int?) throws {
        for host in ["a.example", "127.0.0.1", "[::1]"] {
            let address = try? WebAddress(parsing: "http://\(host)\(port)/")
            #expect(address?.port == expected)
            #expect(address.map { $0.authority == (expected == 80 ? host : "\(host):\($0.port)") } ?? (expected == nil))
        }
    }

    @Test(
        "IPv4 addresses are four numbers, however they are spelt",
        arguments: [
            "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0X7F.0x1", "0177.0.0.1", "0x7f000001",
            "017700000001",
            "127.0.0.1.", "%31%32%37.1", "１２７．０．０．１", "127。0。0。1", "00000000000000000000000177.1",
        ])
    func numbers(_ host: String) throws {
        #expect(try WebAddress(parsing: "http://\(host)/").host == "127.0.0.1")
    }

    @Test(
        "IPv6 addresses are written as RFC 5952 has it",
        arguments: [
            ("::1", "::1"), ("0:0:0:0:0:0:0:1", "::1"), ("::", "::"), ("2001:DB8::0001", "2001:db8::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1::", "1::"), ("::ffff:127.0.0.1", "::ffff:7f00:1"),
        ])
    func longNumbers(_ text: String, _ expected: String) throws {
        let address = try WebAddress(parsing: "https://[\(text)]:8443/x")
        #expect(address.host == expected)
        #expect(address.text == "https://[\(expected)]:8443/x" && address.authority == "[\(expected)]:8443")
    }

    @Test("Length is bounded, and so is what it becomes")
    func length() throws {
        func url(_ path: String) -> String { "http://example.com/" + path }
        let fitting = WebAddress.maximumLength - url("").utf8.count
        #expect(try WebAddress(parsing: url(String(repeating: "a", count: fitting))).text.utf8.count == 8192)
        #expect(throws: FetchError.self) { try WebAddress(parsing: url(String(repeating: "a", count: fitting + 1))) }
        #expect(throws: FetchError.self) { try WebAddress(parsing: url(String(repeating: " ", count: 4000) + "a")) }
    }

    @Test("Trackers are dropped and nothing else")
    func trackers() throws {
        let address = try WebAddress(parsing: "http://a.example/p?utm_source=x&id=1%2B2&&fbclid=y&UTM=z&x=|")
        #expect(address.withoutTrackers.text == "http://a.example/p?id=1%2B2&&UTM=z&x=%7C")
        #expect(try WebAddress(parsing: "http://a.example/p?gclid=1").withoutTrackers.text == "http://a.example/p")
    }

    @Test(
        "References mean what RFC 3986, section 5.4, says",
        arguments: [
            ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
            ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"), ("g?y#s", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
            ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"),
            ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"), ("g?y/../x", "http://a/b/c/g?y/../x"), ("g#s/../x", "http://a/b/c/g"),
            // And what pages write.
            ("\n x.pdf \t", "http://a/b/c/x.pdf"), ("../x y.pdf", "http://a/b/x%20y.pdf"), (#"\\b\x"#, "http://b/x"),
            ("https:\\\\b", "https://b/"), ("1:2", "http://a/b/c/1:2"), ("?", "http://a/b/c/d;p?"),
            ("%2e%2e/x", "http://a/b/x"),
            ("//b:81", "http://b:81/"), ("HTTPS://B/", "https://b/"),
        ])
    func references(_ reference: String, _ expected: String) throws {
        #expect(try WebAddress(parsing: "http://a/b/c/d;p?q").resolving(reference).text == expected)
    }

    @Test(
        "No reference leads anywhere but to http and https",
        arguments: [
            "g:h", "http:g", "http:", "mailto:a@b", "javascript:1", "//", "///x", "//a:0/", "//u@a/", "ftp://a/",
        ])
    func leadingNowhere(_ reference: String) throws {
        let page = try WebAddress(parsing: "http://a/b/c/d;p?q")
        #expect(throws: FetchError.self) { try page.resolving(reference) }
    }

    @Test(
        "For people a URL is shown without its user",
        arguments: [
            ("https://me:pass@a.example/x@y", "https://a.example/x@y"), (#"http:\\me@a\x"#, #"http:\\a\x"#),
            ("https://a.example/x@y", "https://a.example/x@y"), ("https://a@b@c?d@e", "https://c?d@e"),
            ("me@a", "me@a"), ("", ""),
        ])
    func redacted(_ text: String, _ expected: String) {
        #expect(WebAddress.withoutUser(text) == expected)
    }
}
