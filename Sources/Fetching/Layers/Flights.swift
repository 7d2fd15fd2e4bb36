import Synchronization

/// Lets one of several that want the same do the work, while the others wait for it.
package final class Flights<Key: Hashable & Sendable>: Sendable {
    /// The right, and the duty, to do the work and then to ``Flights/land(_:)``.
    struct Flight: Sendable {
        fileprivate let key: Key
        fileprivate let number: Int
    }

    private struct Waiters {
        let number: Int
        var continuations: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private struct State {
        var next = 0
        var flights: [Key: Waiters] = [:]

        mutating func number() -> Int {
            next += 1
            return next
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// The flight, where the caller is the one to do it; `nil` once another's has landed.
    ///
    /// - Throws: `CancellationError`.
    func lead(_ key: Key) async throws -> Flight? {
        if let flight = takeOff(key) { return flight }
        let id = state.withLock { $0.number() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // It may have landed meanwhile, or the caller may have been cancelled.
                    guard state.flights[key] != nil, !Task.isCancelled else { return true }
                    state.flights[key]?.continuations[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.flights[key]?.continuations.removeValue(forKey: id) }?.resume()
        }
        try Task.checkCancellation()
        return nil
    }

    /// The flight, where nobody else has it; does not wait.
    func takeOff(_ key: Key) -> Flight? {
        state.withLock { state in
            guard state.flights[key] == nil else { return nil }
            let flight = Flight(key: key, number: state.number())
            state.flights[key] = Waiters(number: flight.number)
            return flight
        }
    }

    /// Ends the flight and wakes those who wait for it; nothing when it has landed already.
    func land(_ flight: Flight) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard let waiters = state.flights[flight.key], waiters.number == flight.number else { return [] }
            state.flights[flight.key] = nil
            return Array(waiters.continuations.values)
        }
        for waiter in waiters { waiter.resume() }
    }
}
