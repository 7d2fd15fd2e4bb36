import NIOCore
import Synchronization

/// What a scripted origin has seen so far, and who waits to see more.
final class Ledger: Sendable {
    private struct Watcher {
        let path: String
        let count: Int
        let gate: Gate
    }

    private struct State {
        var requests: [RecordedRequest] = []
        var connections = 0
        var open: [ObjectIdentifier: any Channel] = [:]
        var watchers: [Watcher] = []

        func isMet(_ watcher: Watcher) -> Bool {
            requests.count { $0.path == watcher.path } >= watcher.count
        }
    }

    private let state = Mutex(State())

    var requests: [RecordedRequest] { state.withLock(\.requests) }
    var connections: Int { state.withLock(\.connections) }
    var openConnections: Int { state.withLock(\.open.count) }

    func follow(_ connection: any Channel) {
        let id = ObjectIdentifier(connection)
        state.withLock { state in
            state.connections += 1
            state.open[id] = connection
        }
        connection.closeFuture.whenComplete { _ in
            self.state.withLock { $0.open[id] = nil }
        }
    }

    func closeConnections() async {
        let open = state.withLock { Array($0.open.values) }
        for connection in open { try? await connection.close().get() }
    }

    func record(_ request: RecordedRequest) {
        let met = state.withLock { state in
            state.requests.append(request)
            let met = state.watchers.filter(state.isMet)
            state.watchers.removeAll(where: state.isMet)
            return met
        }
        for watcher in met { watcher.gate.open() }
    }

    /// Returns once so many requests to the path have arrived.
    func arrival(of count: Int, at path: String) async throws {
        let watcher = Watcher(path: path, count: count, gate: Gate())
        state.withLock { state in
            if state.isMet(watcher) {
                watcher.gate.open()
            } else {
                state.watchers.append(watcher)
            }
        }
        try await watcher.gate.wait()
    }
}
