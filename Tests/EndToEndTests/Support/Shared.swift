import Synchronization

/// A value that several tasks look at and change.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) {
        state = Mutex(value)
    }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// Changes it before anybody else can look.
    func change<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        state.withLock { change(&$0) }
    }
}
