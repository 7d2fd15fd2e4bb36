import RateLimiting

extension BackendPromise {
    static let changes = [
        BackendPromise(
            "a new table governs the next decision; what was used stays used",
            ["r": PolicyPatch(rates: [.per(60_000, 3)], maxDelayMilliseconds: 0)]
        ) { user in
            for _ in 0..<3 { _ = try await user.acquire(hold: false) }
            try await user.apply { $0.defaults["r"]?.rates = [.per(60_000, 5)] }
            for _ in 0..<2 {
                let grant = try required(try await user.acquire(hold: false).grant, "a raised limit is not in force")
                try require(grant.tableVersion == 2, "decided by version \(grant.tableVersion)")
            }
            try require(try await user.acquire(hold: false).grant == nil, "the reload forgot what was used")
            try await user.apply { $0.defaults["r"]?.rates = [.per(60_000, 1)] }
            try require(try await user.acquire(hold: false).grant == nil, "a lowered limit is not in force")
            try await user.apply { $0.defaults["r"]?.rates = [.per(60_000, 6)] }
            try require(try await user.acquire(hold: false).grant != nil, "not granted after going back")
            var other = user.document
            other.defaults["r"]?.rates = [.per(60_000, 100)]
            let isStale = try await !user.backend.apply(LimitTable(version: 4, document: other))
            try require(isStale, "a table was replaced by one of the same version")
            try require(try await user.acquire(hold: false).grant == nil, "a stale table is in force")
        },
        BackendPromise(
            "waiters start earlier when a limit rises",
            ["r": PolicyPatch(rates: [.per(50_000, 1)], maxDelayMilliseconds: 60_000)]
        ) { user in
            _ = try await user.acquire(hold: false)
            let waiter = Task { try await user.acquire(hold: false) }
            await user.waiters(1)
            try await user.apply { $0.defaults["r"]?.rates = [.per(50_000, 2)] }
            try require(try await waiter.value.grant?.tableVersion == 2, "the waiter was not woken")
        },
        BackendPromise(
            "a ceiling below what is in flight cancels nothing and lets nobody in",
            ["r": PolicyPatch(maxDelayMilliseconds: 0, maxConcurrent: 3)]
        ) { user in
            let leases = [try await user.lease(), try await user.lease()]
            try await user.apply { $0.defaults["r"]?.maxConcurrent = 1 }
            _ = try await user.backend.release(leases[0], unused: false)
            try require(try await user.acquire().grant == nil, "granted above the ceiling")
            try require(try await user.backend.release(leases[1], unused: false) == .released, "a lease was cancelled")
            try require(try await user.acquire().grant != nil, "nothing is granted below the ceiling")
        },
        BackendPromise(
            "a pause closes a host or a role, for waiters too, until it is over or ended",
            ["r": PolicyPatch(maxDelayMilliseconds: 60_000), "s": PolicyPatch()]
        ) { user in
            let until = (await user.backend.now()).advanced(by: 50_000_000)
            let pause = Pause(until: until, reason: .byOperator)
            try await user.backend.pause(PauseScope(host: "a", role: "r"), pause)
            let shorter = Pause(until: until.advanced(by: -10_000_000), reason: .retryAfter)
            let inForce = try await user.backend.pause(PauseScope(host: "a", role: "r"), shorter)
            try require(inForce == pause, "a shorter pause is in force")
            let denial = try required(try await user.acquire(maxWait: 0).denial, "the role is open")
            try require(denial.retryAt == until, "retry at \(denial.retryAt)")
            try require(denial.violations.map(\.limit) == [.pause(pause)], "names \(denial.violations)")
            try require(try await user.acquire("a", "s").grant != nil, "another role is closed")
            let waiter = Task { try await user.acquire() }
            await user.waiters(1)
            let ended = try await user.backend.resume(PauseScope(host: "a"))
            try require(ended == [PauseScope(host: "a", role: "r"): pause], "ended \(ended)")
            try require(try await waiter.value.grant != nil, "the waiter was not woken")
        },
        BackendPromise(
            "what an upstream answers closes its host", ["r": PolicyPatch()]
        ) { user in
            let lease = try await user.lease()
            let outcome = UpstreamOutcome(status: 429, retryAfter: 30_000_000)
            try require(try await user.backend.report(outcome, of: lease, host: nil), "the lease is not known")
            let denial = try required(try await user.acquire().denial, "the host is open")
            guard case .pause(let pause)? = denial.violations.first?.limit, pause.reason == .retryAfter else {
                throw BrokenPromise(description: "names \(denial.violations)")
            }
        },
        BackendPromise(
            "usage shows what is used, and reset forgets it",
            ["r": PolicyPatch(rates: [.per(60_000, 2)], maxDelayMilliseconds: 0)]
        ) { user in
            for _ in 0..<2 { _ = try await user.lease() }
            _ = try await user.lease("b")
            let usage = try required(
                (try await user.backend.usage(ListRequest(host: "a", role: "r"))).elements.first, "the key is not shown"
            )
            try require(usage.windows.map(\.remaining) == [0] && usage.inFlight == 2, "shows \(usage)")
            let all = try await user.backend.usage(ListRequest())
            try require(Set(all.elements.map(\.key.host)) == ["a", "b"], "shows \(all.elements.map(\.key))")
            let reset = try await user.backend.reset("a", role: nil)
            try require(reset == [LimitKey(host: "a", role: "r")], "reset \(reset)")
            try require(try await user.acquire().grant != nil, "the used units are still counted")
        },
        BackendPromise(
            "shadow grants and tells what it would have done; off counts nothing",
            [
                "r": PolicyPatch(rates: [.per(60_000, 1)], maxDelayMilliseconds: 0, mode: .shadow),
                "s": PolicyPatch(rates: [.per(60_000, 1)], maxDelayMilliseconds: 0, mode: .off),
            ]
        ) { user in
            let first = try required(try await user.acquire().grant, "shadow denies")
            try require(first.shadowed.isEmpty, "would have denied \(first.shadowed)")
            let second = try required(try await user.acquire().grant, "shadow denies")
            try require(
                second.shadowed.map(\.limit) == [.rate(.per(60_000, 1))], "would have denied \(second.shadowed)")
            for _ in 0..<3 { try require(try await user.acquire("a", "s").grant != nil, "off denies") }
            try await user.apply { document in
                for role in ["r", "s"] { document.defaults[role]?.mode = .enforce }
            }
            try require(try await user.acquire().grant == nil, "shadow did not count")
            try require(try await user.acquire("a", "s").grant != nil, "off counted")
        },
        BackendPromise(
            "check answers what acquire would, and takes nothing", ["r": PolicyPatch(rates: [.per(60_000, 1)])]
        ) { user in
            let request = AcquireRequest(claims: [.init(key: LimitKey(host: "a", role: "r"))], wait: .client)
            for _ in 0..<3 { try require(try await user.backend.check(request).grant != nil, "check took a unit") }
            let start = try required(try await user.acquire().grant, "not granted").start
            let denial = try required(try await user.backend.check(request).denial, "check allows what is not")
            try require(denial.retryAt == start.advanced(by: 60_000_000), "retry at \(denial.retryAt)")
        },
    ]
}
