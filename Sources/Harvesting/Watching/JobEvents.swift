import DequeModule
import RateLimiting
import Synchronization

/// What happens in jobs, told to whoever watches: the latest events of each job are kept, so that a watcher whose
/// connection broke goes on where it was. One that reads too slowly is let go, and may do the same.
package final class JobEvents: Sendable {
    private struct Channel {
        var events: Deque<JobEvent> = []
        var next = 1
        var watchers: [Int: AsyncStream<JobEvent>.Continuation] = [:]
        var activity = RecentActivity()
    }

    private struct State {
        var channels: [String: Channel] = [:]
        /// Jobs in the order in which they first spoke.
        var order: Deque<String> = []
        var watchers = 0
    }

    /// Events of a job that are kept.
    static let kept = 1000
    /// Events that a watcher may be behind.
    static let patience = 2000
    /// Jobs whose events are kept.
    private static let jobs = 32

    /// Tells this process from those before it.
    let process: String
    private let state = Mutex(State())

    package init() {
        process = String(UInt32.random(in: .min ... .max), radix: 36)
    }

    func publish(_ happening: JobEvent.Happening, of job: String) {
        publish([happening], of: job)
    }

    func publish(_ happenings: [JobEvent.Happening], of job: String, _ activity: RecentActivity.Amounts = .init()) {
        let now = ContinuousClock.now
        let lost = state.withLock { state -> [AsyncStream<JobEvent>.Continuation] in
            Self.open(job, &state)
            guard var channel = state.channels.removeValue(forKey: job) else { return [] }
            defer { state.channels[job] = channel }
            channel.activity.add(activity, at: now)
            var lost: [AsyncStream<JobEvent>.Continuation] = []
            for happening in happenings {
                let event = JobEvent(id: JobEventID(process: process, number: channel.next), happening: happening)
                channel.next += 1
                channel.events.append(event)
                for (number, watcher) in channel.watchers {
                    if case .dropped = watcher.yield(event) {
                        channel.watchers[number] = nil
                        lost.append(watcher)
                    }
                }
            }
            channel.events.removeFirst(max(0, channel.events.count - Self.kept))
            return lost
        }
        for watcher in lost { watcher.finish() }
    }

    /// The events of a job from now on, after those that came behind `last`.
    ///
    /// - Returns: the events, whether none between `last` and now is missing, and what ends them behind those that came.
    package func watch(
        _ job: String, after last: JobEventID?
    ) -> (events: AsyncStream<JobEvent>, isGapless: Bool, stop: @Sendable () -> Void) {
        let (events, watcher) = AsyncStream.makeStream(
            of: JobEvent.self, bufferingPolicy: .bufferingOldest(Self.patience))
        return state.withLock { state in
            Self.open(job, &state)
            state.watchers += 1
            let number = state.watchers
            watcher.onTermination = { [weak self] _ in self?.leave(job, number) }
            var isGapless = false
            if let last, last.process == process, let channel = state.channels[job] {
                let first = channel.events.first?.id.number ?? channel.next
                isGapless = last.number + 1 >= first && last.number < channel.next
                if isGapless {
                    for event in channel.events where event.id.number > last.number { watcher.yield(event) }
                }
            }
            state.channels[job]?.watchers[number] = watcher
            return (events, isGapless, { watcher.finish() })
        }
    }

    /// Ends the streams of all who watch a job: it is over.
    func end(_ job: String) {
        let watchers = state.withLock { state in
            let watchers = state.channels[job]?.watchers ?? [:]
            state.channels[job]?.watchers = [:]
            return watchers
        }
        for watcher in watchers.values { watcher.finish() }
    }

    /// How fast the job is, over the last minute.
    func activity(of job: String) -> RecentActivity.Amounts? {
        state.withLock { $0.channels[job]?.activity.perSecond(at: .now) }
    }

    private func leave(_ job: String, _ number: Int) {
        state.withLock { $0.channels[job]?.watchers[number] = nil }
    }

    private static func open(_ job: String, _ state: inout State) {
        guard state.channels[job] == nil else { return }
        state.channels[job] = Channel()
        state.order.append(job)
        guard state.order.count > jobs else { return }
        let idle = state.order.firstIndex { state.channels[$0]?.watchers.isEmpty ?? true }
        if let idle { state.channels[state.order.remove(at: idle)] = nil }
    }
}
