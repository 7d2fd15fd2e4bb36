/// Where decisions and the tasks that wait for them meet: whichever comes first waits for the other. Several callers
/// may wait for one waiter, when they asked under the same idempotency key.
struct WaitingCallers {
    /// `nil` for a caller that was cancelled.
    typealias Answer = Result<Decision, any Error>?
    typealias Continuation = CheckedContinuation<Answer, Never>

    private enum Caller {
        case expected(WaiterID)
        case waiting(WaiterID, Continuation)
        case answered(Answer)
    }

    struct ID: Hashable {
        let number: UInt64
    }

    private var callers: [ID: Caller] = [:]
    private var byWaiter: [WaiterID: [ID]] = [:]
    private var entered: UInt64 = 0

    /// A caller that will come to wait for this waiter's decision.
    mutating func enter(_ waiter: WaiterID) -> ID {
        entered += 1
        let id = ID(number: entered)
        callers[id] = .expected(waiter)
        byWaiter[waiter, default: []].append(id)
        return id
    }

    /// The caller has come.
    ///
    /// - Returns: its answer, where that came first.
    mutating func wait(_ id: ID, _ continuation: Continuation) -> Answer? {
        switch callers[id] {
        case .answered(let answer):
            callers[id] = nil
            return .some(answer)
        case .expected(let waiter):
            callers[id] = .waiting(waiter, continuation)
            return nil
        case .waiting, nil:
            return .some(nil)
        }
    }

    /// Pairs decisions with the callers that are there; the others find theirs when they come.
    mutating func meet(_ decisions: [(WaiterID, Result<Decision, AcquireError>)]) -> [(Continuation, Answer)] {
        guard !decisions.isEmpty else { return [] }
        var meetings: [(Continuation, Answer)] = []
        for (waiter, decision) in decisions {
            meetings += answer(waiter, decision.mapError { $0 })
        }
        return meetings
    }

    /// Answers those who wait for these waiters with an error.
    mutating func fail(_ waiters: [WaiterID], _ error: any Error) -> [(Continuation, Answer)] {
        waiters.flatMap { answer($0, .failure(error)) }
    }

    private mutating func answer(_ waiter: WaiterID, _ answer: Answer) -> [(Continuation, Answer)] {
        var meetings: [(Continuation, Answer)] = []
        for id in byWaiter.removeValue(forKey: waiter) ?? [] {
            if case .waiting(_, let continuation) = callers[id] {
                callers[id] = nil
                meetings.append((continuation, answer))
            } else {
                callers[id] = .answered(answer)
            }
        }
        return meetings
    }

    /// Whether somebody waits here.
    var isEmpty: Bool { byWaiter.isEmpty }

    /// The waiters whose decisions somebody waits for.
    var awaited: [WaiterID] { byWaiter.keys.sorted() }

    func waits(for waiter: WaiterID) -> Bool { byWaiter[waiter] != nil }

    /// The caller was cancelled, unless it has its answer.
    ///
    /// - Returns: its continuation, and the waiter that nobody waits for any more.
    mutating func leave(_ id: ID) -> (continuation: Continuation?, abandoned: WaiterID?) {
        let waiter: WaiterID
        var continuation: Continuation?
        switch callers[id] {
        case .expected(let expected):
            waiter = expected
            callers[id] = .answered(nil)
        case .waiting(let awaited, let waiting):
            (waiter, continuation) = (awaited, waiting)
            callers[id] = nil
        case .answered, nil:
            return (nil, nil)
        }
        byWaiter[waiter]?.removeAll { $0 == id }
        guard byWaiter[waiter]?.isEmpty == true else { return (continuation, nil) }
        byWaiter[waiter] = nil
        return (continuation, waiter)
    }
}
