import Harvesting
import RateLimiting

extension TokenService {
    /// Takes tokens for several requests that have nothing to do with each other, and waits for all at the same time.
    ///
    /// - Parameters:
    ///   - idempotencyKey: as the caller sent it; each request has one of its own, made from it.
    ///   - connection: when it is lost, all waits end. What was granted is given back, unless a caller with an idempotency key
    ///     may come again for it.
    /// - Returns: one result for each request, in their order.
    func acquire(
        _ batch: BatchBody, idempotencyKey: String?, over connection: some CallerConnection
    ) async throws -> [Result<Answer, AcquireError>] {
        guard (1...BatchBody.maximumRequests).contains(batch.requests.count) else {
            throw InvalidFields([
                FieldError(path: "requests", message: "must hold 1 to \(BatchBody.maximumRequests) requests")
            ])
        }
        let key = try idempotencyKey.map(IdempotencyKey.validated)
        let requests = try batch.requests.enumerated().map { index, body in
            try body.request(idempotencyKey: key.map { "\($0)#\(index)" }, at: BatchBody.path(index))
        }
        let begun = try await limits.begin(requests)
        let decisions = try await decisions(begun, isRepeatable: key != nil, over: connection)
        if key == nil { giveBack(Self.leases(in: decisions), unlessDeliveredOver: connection) }
        return zip(requests, decisions).map { request, decision in
            decision.map { Answer(request: request, decision: $0) }
        }
    }

    /// Waits for those that are not decided yet.
    ///
    /// - Parameter isRepeatable: whether a caller that has disconnected may ask again and be given the same.
    private func decisions(
        _ begun: [Result<Acquisition, AcquireError>], isRepeatable: Bool, over connection: some CallerConnection
    ) async throws -> [Result<Decision, AcquireError>] {
        var decisions: [Result<Decision, AcquireError>] = []
        var pending: [(index: Int, acquire: PendingAcquire)] = []
        for (index, result) in begun.enumerated() {
            switch result {
            case .success(.decided(let decision)): decisions.append(.success(decision))
            case .success(.pending(let acquire)):
                pending.append((index, acquire))
                decisions.append(.failure(.stopping))
            case .failure(let error): decisions.append(.failure(error))
            }
        }
        guard !pending.isEmpty else { return decisions }
        let awaited = try await connection.whileConnected { [pending] in await Self.outcomes(of: pending) }
        var interruption: (any Error)?
        for answer in awaited.sorted(by: { $0.index < $1.index }) {
            switch answer.decision {
            case .success(let decision): decisions[answer.index] = .success(decision)
            case .failure(let error as AcquireError): decisions[answer.index] = .failure(error)
            case .failure(let error): interruption = interruption ?? error
            }
        }
        guard let interruption else { return decisions }
        if !isRepeatable { await giveBack(Self.leases(in: decisions)) }
        throw interruption
    }

    /// The decision of a request that had to wait, and the request's place in its batch.
    private struct Awaited {
        let index: Int
        let decision: Result<Decision, any Error>
    }

    private static func outcomes(of pending: [(index: Int, acquire: PendingAcquire)]) async -> [Awaited] {
        await withTaskGroup(of: Awaited.self) { group in
            for (index, acquire) in pending {
                group.addTask {
                    let decision: Result<Decision, any Error>
                    do {
                        decision = .success(try await acquire.decision())
                    } catch {
                        decision = .failure(error)
                    }
                    return Awaited(index: index, decision: decision)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func leases(in decisions: [Result<Decision, AcquireError>]) -> [LeaseID] {
        decisions.compactMap { try? $0.get().lease }
    }
}
