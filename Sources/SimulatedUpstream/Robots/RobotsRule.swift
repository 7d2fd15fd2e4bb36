/// What one host, or every host (`*`), answers for `/robots.txt`.
package struct RobotsRule: Sendable, Equatable {
    let host: String
    let policy: RobotsPolicy

    /// Reads `HOST=RULE`.
    package init(parsing text: String) throws {
        guard let equals = text.firstIndex(of: "=") else {
            throw ArgumentProblem("'\(text)' has no '='; write HOST=RULE, such as files.example=disallow")
        }
        guard equals > text.startIndex else {
            throw ArgumentProblem("'\(text)' names no host; use '*' for every host")
        }
        host = text[..<equals].lowercased()
        policy = try RobotsPolicy(parsing: text[text.index(after: equals)...])
    }
}
