import Synchronization

extension ReplicatedBackend {
    /// Units that are remembered to be counted later; beyond that they are not, which only the longest outage brings about.
    private static let mostUnchecked = 1_000_000

    /// Grants that nobody has decided.
    ///
    /// - Returns: errors for requests that could never be granted.
    func uncheckedGrants(_ requests: [AcquireRequest]) -> [Result<Grant, AcquireError>] {
        shared.withLock { shared in
            requests.map { request in
                Result { () throws(AcquireError) in try uncheckedGrant(request, &shared) }
            }
        }
    }

    private func uncheckedGrant(_ request: AcquireRequest, _ shared: inout Shared) throws(AcquireError) -> Grant {
        let now = shared.now()
        // As far as it is known here.
        let usage =
            switch try shared.replica.check(request, at: now) {
            case .granted(let grant): grant.usage
            case .denied(let denial): denial.usage
            }
        if shared.uncounted.count < Self.mostUnchecked {
            shared.uncounted += shared.replica.units(of: request, startingAt: now)
        }
        return Grant(
            lease: nil, asked: now, start: now, expires: nil, basis: .unchecked, shadowed: [], usage: usage,
            tableVersion: shared.replica.table.version)
    }
}
