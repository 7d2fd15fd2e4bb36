import Synchronization

/// The jobs that run now, a few at a time.
///
/// One whose process died while it ran is on trial when it runs again: alone, until something new is on record of it or it
/// ends. So a second death is no other job's fault. For the rest see ``Manifest/takeDeaths(_:at:)``.
final class RunningJobs: Sendable {
    private struct Run {
        /// Its end stops the run.
        let stop: AsyncStream<Never>.Continuation
        let lanes: Lanes
        var isOnTrial: Bool
    }

    private let runs = Mutex<[String: Run]>([:])
    /// Says that a job came in, that one ended, or that a trial is over: time to look what can run.
    let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    private static let most = 4

    init() {
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A place among those that run, and the stream whose end stops it; `nil` when it has none now.
    func admit(_ id: String, onTrial: Bool = false) -> (lanes: Lanes, stopped: AsyncStream<Never>)? {
        runs.withLock { runs in
            guard runs.count < Self.most, runs[id] == nil, !runs.values.contains(where: \.isOnTrial) else { return nil }
            let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
            let lanes = Lanes()
            runs[id] = Run(stop: stop, lanes: lanes, isOnTrial: onTrial)
            return (lanes, stopped)
        }
    }

    /// Something new is on record of it.
    func progressed(_ id: String) {
        let wasOnTrial = runs.withLock { runs in
            defer { runs[id]?.isOnTrial = false }
            return runs[id]?.isOnTrial ?? false
        }
        if wasOnTrial { look() }
    }

    func leave(_ id: String) {
        runs.withLock { $0[id] = nil }
        look()
    }

    func stop(_ id: String) {
        runs.withLock { $0[id] }?.stop.finish()
    }

    func lanes(of id: String) -> Lanes? {
        runs.withLock { $0[id]?.lanes }
    }

    /// Has it looked what can run.
    func look() {
        changed.yield()
    }
}
