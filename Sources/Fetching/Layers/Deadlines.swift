import NIOCore
import NIOPosix
import Synchronization

/// Runs out the time of many exchanges with one timer: nearly all of them end long before, and should pay for no more than
/// being noted down.
final class Deadlines: Sendable {
    static let shared = Deadlines()

    /// An operation whose time is running.
    struct Watch: Sendable {
        fileprivate let tick: Int64
        fileprivate let number: Int
    }

    private struct State {
        var operations: [Int64: [Int: @Sendable () -> Void]] = [:]
        var nextNumber = 0
        /// When the timer rings; `max` where it is not set.
        var rings = Int64.max
    }

    private let state = Mutex(State())
    private let origin = ContinuousClock.now

    /// How exactly a deadline is kept.
    private static let resolution = Duration.milliseconds(10)

    /// Calls `expire` at the deadline, or up to a hundredth of a second later, unless the watch is ended before.
    func watch(until deadline: ContinuousClock.Instant, expire: @escaping @Sendable () -> Void) -> Watch {
        let tick = Int64((origin.duration(to: deadline) / Self.resolution).rounded(.up))
        let (watch, isEarlier) = state.withLock { state in
            state.nextNumber += 1
            state.operations[tick, default: [:]][state.nextNumber] = expire
            let isEarlier = tick < state.rings
            if isEarlier { state.rings = tick }
            return (Watch(tick: tick, number: state.nextNumber), isEarlier)
        }
        if isEarlier { set(to: tick) }
        return watch
    }

    /// - Returns: whether it ended in time.
    @discardableResult
    func end(_ watch: Watch) -> Bool {
        state.withLock { state in
            let isInTime = state.operations[watch.tick]?.removeValue(forKey: watch.number) != nil
            if state.operations[watch.tick]?.isEmpty == true { state.operations[watch.tick] = nil }
            return isInTime
        }
    }

    private func set(to tick: Int64) {
        let wait = ContinuousClock.now.duration(to: origin + Self.resolution * Int(tick))
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(max(.zero, wait))) { self.ring(tick) }
    }

    private func ring(_ tick: Int64) {
        let (expired, next) = state.withLock { state -> ([@Sendable () -> Void], Int64?) in
            // An earlier ring may have set the timer anew.
            guard state.rings == tick else { return ([], nil) }
            let ticks = state.operations.keys.filter { $0 <= tick }
            let expired = ticks.flatMap { state.operations.removeValue(forKey: $0)?.values.map(\.self) ?? [] }
            let next = state.operations.keys.min()
            state.rings = next ?? .max
            return (expired, next)
        }
        for expire in expired { expire() }
        if let next { set(to: next) }
    }
}
