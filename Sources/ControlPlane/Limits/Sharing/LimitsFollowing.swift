import RateLimiting
import ServiceLifecycle

/// Keeps this instance up with those that it shares limits with: their waiters, their decisions, their changes.
struct LimitsFollowing: Service {
    let shared: any SharedBackend
    let control: LimitsControl

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await shared.run() }
                for await _ in shared.tableChanges { await control.follow() }
                group.cancelAll()
            }
        }
    }
}
