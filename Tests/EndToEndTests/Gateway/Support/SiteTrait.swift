import Testing

/// Gives all tests of a suite one gateway and one origin, and stops both after the last test.
struct SiteTrait: SuiteTrait, TestScoping {
    let arguments: [String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Site.$current.withValue(try await Site.serving(arguments: arguments)) {
            try await function()
        }
    }
}

extension Trait where Self == SiteTrait {
    /// A gateway that is a shared cache.
    static var site: Self { SiteTrait(arguments: []) }

    static func site(_ arguments: String...) -> Self { SiteTrait(arguments: arguments) }
}
