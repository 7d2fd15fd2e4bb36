@testable import Fetching
@testable import Harvesting

/// A landing page.
enum HTMLFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        guard let page = try? WebAddress(parsing: "https://journal.example/a/b") else { return }
        let links = LandingPage.links(in: bytes, at: page)
        try FuzzTarget.require(Set(links).count == links.count, "a link twice")
        for link in links {
            try FuzzTarget.require((try? WebAddress(parsing: link.text)) == link, "'\(link.text)' is not read again")
        }
    }
}
