import RateLimiting

extension BackendPromise {
    /// A waiter that was answered, by its place in the order of arrival.
    private struct Woken {
        let number: Int
        let lease: LeaseID?
    }

    private static let oneSlot = PolicyPatch(maxDelayMilliseconds: 60_000, maxConcurrent: 1)

    static let waiting = [
        BackendPromise("waiters start in the order they came, woken by each release", ["r": oneSlot]) { user in
            var held = try await user.lease()
            try await withThrowingTaskGroup(of: Woken.self) { group in
                for number in 0..<5 {
                    group.addTask {
                        let lease = try await user.acquire().grant?.lease
                        return Woken(number: number, lease: lease)
                    }
                    await user.waiters(number + 1)
                }
                for expected in 0..<5 {
                    try require(try await user.backend.release(held, unused: false) == .released, "not released")
                    let woken = try required(try await group.next(), "nobody was woken")
                    try require(woken.number == expected, "\(woken.number) came before \(expected)")
                    held = try required(woken.lease, "woken without a lease")
                }
            }
        },
        BackendPromise(
            "a waiter that goes away gives its place back, and those behind it move up",
            ["r": PolicyPatch(rates: [.per(60_000, 1)], maxDelayMilliseconds: 150_000)]
        ) { user in
            let first = try required(try await user.acquire(hold: false).grant, "not granted")
            var waiters: [Task<Decision, any Error>] = []
            for number in 1...2 {
                waiters.append(Task { try await user.acquire(hold: false) })
                await user.waiters(number)
            }
            try require(try await user.acquire(wait: .client).denial != nil, "a fourth one is in time")
            waiters[0].cancel()
            do {
                _ = try await waiters[0].value
                throw BrokenPromise(description: "a cancelled waiter was answered")
            } catch is CancellationError {}
            // The one behind it starts after one minute now, and so there is room after two.
            let next = try required(try await user.acquire(wait: .client).grant, "the place was not given back")
            try require(next.start == first.start.advanced(by: 120_000_000), "the next one starts at \(next.start)")
            waiters[1].cancel()
        },
        BackendPromise(
            "the queue is bounded: one more is denied without waiting",
            ["r": PolicyPatch(maxDelayMilliseconds: 60_000, maxConcurrent: 1, maxWaiters: 2)]
        ) { user in
            let held = try await user.lease()
            var waiters: [Task<Decision, any Error>] = []
            for number in 1...2 {
                waiters.append(Task { try await user.acquire() })
                await user.waiters(number)
            }
            let denial = try required(try await user.acquire().denial, "a third one waits")
            try require(denial.violations.map(\.limit) == [.maxWaiters(2)], "names \(denial.violations)")
            try require(try await user.acquire("b").grant != nil, "a full queue holds up other keys")
            _ = try await user.backend.release(held, unused: false)
            for waiter in waiters {
                let lease = try required(try await waiter.value.grant?.lease, "a waiter was lost")
                _ = try await user.backend.release(lease, unused: false)
            }
        },
        BackendPromise(
            "who does not want to wait is answered at once", ["r": oneSlot]
        ) { user in
            _ = try await user.lease()
            for wait: AcquireRequest.Wait in [.client, .server] {
                let denial = try required(try await user.acquire(maxWait: 0, wait: wait).denial, "waits")
                try require(denial.violations.map(\.limit) == [.maxConcurrent(1)], "names \(denial.violations)")
            }
        },
        BackendPromise(
            "a waiter behind one that waits for its rate does not hold up other keys",
            ["r": PolicyPatch(rates: [.per(60_000, 1)], maxDelayMilliseconds: 60_000)], maxInflight: 3,
            spansHosts: true
        ) { user in
            _ = try await user.lease()
            let slow = (0..<1).map { _ in Task { try await user.acquire() } }
            await user.waiters(1)
            try require(try await user.acquire("b").grant != nil, "the slow key holds up another")
            try require(try await user.acquire("c").grant != nil, "a waiter occupies a slot over all keys")
            for task in slow { task.cancel() }
        },
        BackendPromise("stopping answers all who wait", ["r": oneSlot]) { user in
            _ = try await user.lease()
            let waiters = (0..<3).map { _ in Task { try await user.acquire() } }
            await user.waiters(3)
            await user.backend.stop()
            for waiter in waiters {
                do {
                    _ = try await waiter.value
                    throw BrokenPromise(description: "a waiter was granted while stopping")
                } catch AcquireError.stopping {}
            }
            do {
                _ = try await user.acquire()
                throw BrokenPromise(description: "somebody waits after the stop")
            } catch AcquireError.stopping {}
        },
    ]
}
