extension SpreadBackend {
    package func leases(_ request: ListRequest, client: String?) async throws -> ListPage<LeaseReport> {
        try await list(request) { try await $0.leases($1, client: client) }
    }

    package func usage(_ request: ListRequest) async throws -> ListPage<Usage> {
        try await list(request) { try await $0.usage($1) }
    }

    /// One part after the other; a place in the whole list is one in a part's, times the number of parts, and the part.
    private func list<Element>(
        _ request: ListRequest,
        _ page: (ReplicatedBackend, ListRequest) async throws -> ListPage<Element>
    ) async throws -> ListPage<Element> {
        var (cursor, first) = request.cursor.quotientAndRemainder(dividingBy: parts.count)
        if let host = request.host { first = index(of: host) }
        let last = request.host == nil ? parts.count - 1 : first
        var elements: [Element] = []
        for part in first...last {
            guard elements.count < request.limit else { return ListPage(elements: elements, next: part) }
            var rest = request
            (rest.cursor, rest.limit) = (cursor, request.limit - elements.count)
            let found = try await page(parts[part], rest)
            elements += found.elements
            if let next = found.next {
                return ListPage(elements: elements, next: next * parts.count + part)
            }
            cursor = 0
        }
        return ListPage(elements: elements, next: nil)
    }

    /// Each as the part sees it that has heard of it least.
    package func instances() async throws -> [InstanceReport] {
        var reports = try await control.instances()
        for part in parts {
            let seen = Dictionary(
                try await part.instances().map { ($0.instance.id, $0) }, uniquingKeysWith: { first, _ in first })
            for index in reports.indices {
                guard let other = seen[reports[index].instance.id] else { continue }
                reports[index].lastSeen = min(reports[index].lastSeen, other.lastSeen)
                reports[index].isCutOff = reports[index].isCutOff || other.isCutOff
            }
        }
        return reports
    }

    package func totals() -> LimiterTotals {
        let totals = parts.map { $0.totals() }
        return LimiterTotals(
            inFlight: totals.reduce(0) { $0 + $1.inFlight }, waiting: totals.reduce(0) { $0 + $1.waiting },
            keys: totals.reduce(0) { $0 + $1.keys })
    }
}
