import RateLimiting

extension BackendPromise {
    private static let oneSlot = PolicyPatch(maxDelayMilliseconds: 60_000, maxConcurrent: 1)

    static let leases = [
        BackendPromise("a lease that expires frees its slot exactly once", ["r": oneSlot]) { user in
            let lost = try await user.lease(ttl: 100)
            let next = try await user.lease()
            try require(await user.inFlight() == 1, "not one in flight")
            try require(try await user.backend.release(lost, unused: true) == .expired, "a late release is not told")
            try require(await user.inFlight() == 1, "a late release freed somebody else's slot")
            try require(try await user.backend.release(next, unused: false) == .released, "not released")
            try require(try await user.backend.release(next, unused: false) == .alreadyReleased, "released twice")
            try require(await user.inFlight() == 0, "freed more than once")
        },
        BackendPromise("leases that were never given are told apart", ["r": oneSlot]) { user in
            let real = try await user.lease()
            let foreign = try required(LeaseID("00000000000000ab-1-0"), "no id")
            try require(try await user.backend.release(foreign, unused: false) == .unknown, "a foreign lease is known")
            let renewed = try await user.backend.renew(foreign, timeToLiveMilliseconds: 1000)
            try require(renewed == .unknown, "a foreign lease was renewed")
            try require(LeaseID(real.description) == real, "an id is not its text")
        },
        BackendPromise("a renewed lease lives on; one that has ended does not", ["r": oneSlot]) { user in
            let kept = try await user.lease(ttl: 20_000)
            guard case .renewed(let expires) = try await user.backend.renew(kept, timeToLiveMilliseconds: 60_000) else {
                throw BrokenPromise(description: "not renewed")
            }
            try require(expires > (await user.backend.now()).advanced(by: 50_000_000), "expires at \(expires)")
            _ = try await user.backend.release(kept, unused: false)
            let released = try await user.backend.renew(kept, timeToLiveMilliseconds: 1000)
            try require(released == .alreadyReleased, "a released lease: \(released)")
            let lost = try await user.lease(ttl: 100)
            try await user.passTime()
            let expired = try await user.backend.renew(lost, timeToLiveMilliseconds: 1000)
            try require(expired == .expired, "an expired lease: \(expired)")
        },
        BackendPromise(
            "unused units are given back, once",
            ["r": PolicyPatch(rates: [.per(60_000, 1)])]
        ) { user in
            let unused = try await user.lease()
            for _ in 0..<2 { _ = try await user.backend.release(unused, unused: true) }
            let used = try await user.lease()
            _ = try await user.backend.release(used, unused: false)
            try require(try await user.acquire().grant == nil, "units were given back twice")
        },
        BackendPromise(
            "leases are listed with their holders, page by page",
            ["r": PolicyPatch(), "s": PolicyPatch()]
        ) { user in
            for host in ["a", "b", "c"] { _ = try await user.lease(host) }
            _ = try await user.lease("a", "s")
            var seen: [LeaseReport] = []
            var request = ListRequest(limit: 3)
            while true {
                let page = try await user.backend.leases(request, client: "tester")
                seen += page.elements
                guard let next = page.next else { break }
                request.cursor = next
            }
            try require(Set(seen.map(\.id)).count == 4 && seen.count == 4, "\(seen.count) leases of 4")
            let onA = try await user.backend.leases(ListRequest(host: "a"), client: nil)
            try require(onA.elements.count == 2, "\(onA.elements.count) leases on one host of 2")
            let others = try await user.backend.leases(ListRequest(), client: "somebody")
            try require(others.elements.isEmpty, "leases of another client")
        },
        BackendPromise(
            "the ceiling over all keys holds", ["r": PolicyPatch(maxDelayMilliseconds: 60_000)], maxInflight: 2,
            spansHosts: true
        ) {
            user in
            let first = try await user.lease("a")
            _ = try await user.lease("b")
            let denial = try required(try await user.acquire("c", maxWait: 0).denial, "a third lease")
            try require(denial.violations.map(\.limit) == [.globalMaxInflight(2)], "names \(denial.violations)")
            let waiter = Task { try await user.acquire("c") }
            await user.waiters(1)
            _ = try await user.backend.release(first, unused: false)
            try require(try await waiter.value.grant != nil, "the free slot woke nobody")
        },
    ]
}
