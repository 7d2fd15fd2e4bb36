import Synchronization

extension ReplicatedBackend {
    /// Units that are remembered to be counted later; beyond that they are not, which only the longest outage brings about.
    private static let mostUnchecked = 1_000_000

    /// A grant that nobody has decided.
    ///
    /// - Throws: ``AcquireError`` for a request that could never be granted.
    func uncheckedGrant(_ request: AcquireRequest) throws(AcquireError) -> Grant {
        let (state, now) = shared.withLock { ($0.replica.state, max($0.replica.time, $0.clock.now())) }
        var copy = state
        // As far as it is known here.
        let usage =
            switch try copy.check(request, at: now) {
            case .granted(let grant): grant.usage
            case .denied(let denial): denial.usage
            }
        shared.withLock { shared in
            guard shared.uncounted.count < Self.mostUnchecked else { return }
            shared.uncounted += state.counted(request, at: now)
        }
        return Grant(
            lease: nil, asked: now, start: now, expires: nil, basis: .unchecked, shadowed: [], usage: usage,
            tableVersion: state.table.version)
    }
}
