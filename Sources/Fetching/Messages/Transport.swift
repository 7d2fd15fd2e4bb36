/// The way of a fetch: every layer, and the network at the bottom, is one of these.
package protocol Transport: Sendable {
    /// Sends the request and lends the response to `consume`; everything held for it ends when `consume` returns.
    ///
    /// - Throws: ``FetchError``, `CancellationError`, or what `consume` throws.
    func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result
}
