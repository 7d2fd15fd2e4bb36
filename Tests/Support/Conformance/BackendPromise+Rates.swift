import RateLimiting

extension BackendPromise {
    static let rates = [
        BackendPromise(
            "no interval holds more than its rate allows, however the requests come",
            ["r": PolicyPatch(rates: [.per(200, 5), .per(50, 2)], maxDelayMilliseconds: 20_000)]
        ) { user in
            let starts = try await withThrowingTaskGroup(of: Timestamp?.self) { group in
                for _ in 0..<24 { group.addTask { try await user.acquire(hold: false).grant?.start } }
                var starts: [Int64] = []
                for try await start in group { if let start { starts.append(start.microseconds) } }
                return starts.sorted()
            }
            try require(starts.count == 24, "\(starts.count) of 24 were granted")
            try require(zip(starts, starts.dropFirst(5)).allSatisfy { $1 - $0 >= 200_000 }, "more than 5 in 200 ms")
            try require(zip(starts, starts.dropFirst(2)).allSatisfy { $1 - $0 >= 50_000 }, "more than 2 in 50 ms")
        },
        BackendPromise(
            "an idle time is no credit", ["r": PolicyPatch(rates: [.per(60, 3)], maxDelayMilliseconds: 0)]
        ) { user in
            _ = try await user.acquire(hold: false)
            try await user.passTime()
            var granted = 0
            for _ in 0..<6 where try await user.acquire(wait: .client, hold: false).grant != nil { granted += 1 }
            try require(granted >= 3, "only \(granted) after an idle time")
            let asks = try await user.acquire(maxWait: 0, wait: .client, hold: false, reportsUsage: true)
            let remaining = (asks.grant?.usage ?? asks.denial?.usage)?.first?.windows.first?.remaining ?? -1
            try require((0...3).contains(remaining), "\(remaining) units remain of 3")
        },
        BackendPromise(
            "a denial comes with the exact time, and has consumed nothing",
            ["r": PolicyPatch(rates: [.per(10_000, 2)], maxDelayMilliseconds: 100)]
        ) { user in
            let first = try required(try await user.acquire(hold: false).grant, "not granted")
            _ = try await user.acquire(hold: false)
            for _ in 0..<5 {
                let denial = try required(try await user.acquire(hold: false).denial, "a third unit in the window")
                let exact = first.start.advanced(by: 10_000_000 - 100_000)
                try require(denial.retryAt == exact, "retry at \(denial.retryAt), exact is \(exact)")
                try require(denial.violations.map(\.limit) == [.rate(.per(10_000, 2))], "names \(denial.violations)")
            }
        },
        BackendPromise(
            "all claims are granted together, or nothing is taken",
            ["r": PolicyPatch(rates: [.per(60_000, 1)]), "s": PolicyPatch(rates: [.per(60_000, 1)])],
            spansHosts: true
        ) { user in
            _ = try await user.acquire("b", "r", hold: false)
            let denied = try await user.acquire([("a", "r"), ("b", "r"), ("a", "s")])
            try require(denied.denial?.violations.map(\.key.host) == ["b"], "names \(denied)")
            for role in ["r", "s"] {
                try require(
                    try await user.acquire("a", role, hold: false).grant != nil, "a denial took a unit of \(role)")
            }
            try require(try await user.acquire([("c", "r"), ("c", "s")]).grant != nil, "not granted together")
            try require(try await user.acquire("c", "s", hold: false).grant == nil, "took only one of two")
        },
        BackendPromise(
            "a weight counts as so many units; one above a window is refused at once",
            ["r": PolicyPatch(rates: [.per(60_000, 10), .per(120_000, 12)], maxDelayMilliseconds: 60_000)]
        ) { user in
            for weight in [0, -1, 11, .max] {
                do {
                    _ = try await user.acquire(weight: weight, hold: false)
                    throw BrokenPromise(description: "a weight of \(weight) is not refused")
                } catch let error as AcquireError {
                    let key = LimitKey(host: "a", role: "r")
                    let expected: AcquireError =
                        weight < 1
                        ? .weightBelowOne(claim: 0) : .weightExceedsLimit(claim: 0, key: key, heaviest: 10)
                    try require(error == expected, "refused as \(error)")
                }
            }
            try require(try await user.acquire(weight: 10, hold: false).grant != nil, "not the whole window at once")
            try require(try await user.acquire(maxWait: 0, hold: false).grant == nil, "an eleventh unit")
        },
        BackendPromise(
            "HEAD costs nothing, unless the policy counts it",
            [
                "r": PolicyPatch(rates: [.per(60_000, 1)]),
                "s": PolicyPatch(rates: [.per(60_000, 1)], countHead: true),
            ]
        ) { user in
            for _ in 0..<3 { _ = try await user.acquire(hold: false, isHead: true) }
            try require(try await user.acquire(hold: false).grant != nil, "HEAD took a unit")
            try require(try await user.acquire("a", "s", hold: false, isHead: true).grant != nil, "not granted")
            try require(try await user.acquire("a", "s", hold: false).grant == nil, "HEAD was not counted")
        },
        BackendPromise(
            "unknown roles and claims that repeat a key are refused", ["r": PolicyPatch(rates: [.per(1000, 9)])]
        ) { user in
            for claims in [[("a", "q")], [("a", "r"), ("a", "r")], []] {
                do {
                    _ = try await user.acquire(claims)
                    throw BrokenPromise(description: "not refused: \(claims)")
                } catch is AcquireError {}
            }
        },
        BackendPromise(
            "an idempotency key gives the same grant and consumes once",
            ["r": PolicyPatch(rates: [.per(60_000, 2)], maxDelayMilliseconds: 0)]
        ) { user in
            let grants = try await withThrowingTaskGroup(of: Grant?.self) { group in
                for _ in 0..<8 { group.addTask { try await user.acquire(key: "k").grant } }
                return try await group.reduce(into: Set<LeaseID?>()) { $0.insert($1?.lease) }
            }
            try require(grants.count == 1 && !grants.contains(nil), "got \(grants)")
            try require(await user.inFlight() == 1, "consumed more than once")
            do {
                _ = try await user.acquire(weight: 2, key: "k")
                throw BrokenPromise(description: "another request under the same key")
            } catch AcquireError.idempotencyKeyReused {}
            try require(try await user.acquire().grant != nil, "consumed two units")
            try require(try await user.acquire(key: "late").denial != nil, "a third unit")
        },
    ]
}
