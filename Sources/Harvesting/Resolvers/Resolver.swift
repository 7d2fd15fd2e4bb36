package import Foundation

/// Finds where a work's file may be by asking one service. Pure: what is asked and what an answer means; the harvest
/// makes the requests, under the limits of the service's host.
package protocol Resolver: Sendable {
    /// What to ask about a work; nothing where the service cannot know it.
    ///
    /// - Parameter failed: addresses that should have been its file and could not be had.
    func lookups(for work: Work, failed: [String]) -> [Lookup]

    /// What an answer (status 200) says.
    ///
    /// - Throws: when it is not of the service's shape.
    func findings(in answer: Data, to lookup: Lookup) throws -> Findings
}

/// One question to a resolver's service.
package struct Lookup: Codable, Hashable, Sendable {
    /// Path and query below the service's base URL, without credentials.
    package let target: String
    /// Which of a resolver's questions it is, where one leads to the next.
    package var stage = 0

    package init(_ target: String, stage: Int = 0) {
        self.target = target
        self.stage = stage
    }
}

/// What came of a lookup.
package struct Findings: Hashable, Sendable {
    /// Addresses where a file is expected, the best first.
    package var files: [String] = []
    /// Addresses where a page about the work is expected.
    package var pages: [String] = []
    /// What has to be asked to know more.
    package var next: Lookup?

    package init(files: [String] = [], pages: [String] = [], next: Lookup? = nil) {
        self.files = files
        self.pages = pages
        self.next = next
    }
}
