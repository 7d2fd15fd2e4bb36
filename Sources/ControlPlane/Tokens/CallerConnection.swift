/// The connection of a caller that may have to wait for its answer.
protocol CallerConnection: Sendable {
    /// Runs an operation, and cancels it if the caller disconnects meanwhile.
    ///
    /// - Throws: what the operation throws, such as `CancellationError`.
    func whileConnected<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value

    /// Runs `action` if the answer to the request under way does not get to the caller, as far as can be told.
    func ifUndelivered(_ action: @escaping @Sendable () -> Void)
}
