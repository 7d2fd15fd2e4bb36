import Hummingbird

/// What a request says about limits: a whole overlay, or a change of it.
struct LimitsBody: Sendable {
    private let node: DocumentNode
    private let isPatch: Bool

    /// - Throws: ``DocumentProblems``; ``Problem`` for a body of another type or size.
    init(_ request: Request, isPatch: Bool) async throws {
        self.isPatch = isPatch
        let body = try await request.bodyBytes()
        switch (request.headers[.contentType]?.prefix(while: { $0 != ";" }).lowercased(), isPatch) {
        case (nil, _), ("application/json", _), ("application/merge-patch+json", true),
            ("application/x-www-form-urlencoded", _):
            // The last is what curl says of any body that it is given.
            node = try DocumentNode(json: body)
        case ("application/yaml", false), ("application/x-yaml", false), ("text/yaml", false):
            guard let text = String(validating: body, as: UTF8.self) else {
                throw DocumentProblems([DocumentProblem(path: "", message: "the text is not UTF-8")])
            }
            node = try DocumentNode(yaml: text, isTrusted: false)
        case (let other?, _):
            let known = isPatch ? "application/merge-patch+json" : "application/json or application/yaml"
            throw Problem(.unsupportedMediaType, "this takes \(known), not \(other.excerpt)")
        }
    }

    /// The state after the change.
    ///
    /// - Throws: ``DocumentProblems``.
    func applied(to state: LimitsState) throws -> LimitsState {
        let read = try LimitsReader.read(node, for: isPatch ? .patch : .overlay) { _ in .api(version: state.next) }
        return try state.replacing(
            overlay: isPatch ? state.overlay.patched(with: read) : read.layer, warnings: read.warnings)
    }
}

/// The body of `POST /v1/limits/rollback`.
struct RollbackBody: Decodable {
    let version: Int

    enum CodingKeys: String, StrictKey {
        case version
    }
}
