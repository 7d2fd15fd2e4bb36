import CLibpq
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// One connection to a PostgreSQL, made when it is first needed and again when it broke. libpq blocks, so it has a
/// thread of its own; every wait has an end.
final class PostgresSession: Sendable {
    private let address: String
    private let setUp: [String]
    private let thread = NIOThreadPool(numberOfThreads: 1)
    /// Used on the thread only; nobody ever waits for the lock.
    private let connection = Mutex<Connection?>(nil)

    /// Milliseconds that connecting may take.
    private static let connectDeadline = 1000
    /// Milliseconds that a statement may take.
    private let deadline: Int

    /// - Parameters:
    ///   - address: as libpq takes it, such as `postgresql://user:password@host/database`.
    ///   - setUp: what is to be run on each new connection.
    ///   - deadline: milliseconds that a statement may take.
    init(_ address: String, setUp: [String], deadline: Int = 1000) {
        self.address = address
        self.setUp = setUp
        self.deadline = deadline
        thread.start()
    }

    deinit {
        connection.withLock { $0 = nil }
        thread.shutdownGracefully { _ in }
    }

    /// Runs one statement.
    ///
    /// - Throws: ``PostgresFailure``; the connection is given up then, unless the server itself refused the statement.
    func run(_ statement: String, _ parameters: [PostgresParameter] = []) async throws -> [[[UInt8]?]] {
        try await onThread { connection in try connection.run(statement, parameters, within: self.deadline) }
    }

    /// Waits for a notification on what the connection listens to; returns what came, or nothing after a while.
    func notifications(within milliseconds: Int) async throws -> [String] {
        try await onThread { connection in try connection.notifications(within: milliseconds) }
    }

    private func onThread<Value: Sendable>(
        _ body: @Sendable @escaping (Connection) throws -> Value
    ) async throws -> Value {
        try await thread.runIfActive { [self] in
            try connection.withLock { current in
                let connection: Connection
                if let current {
                    connection = current
                } else {
                    connection = try Connection(to: address, within: Self.connectDeadline)
                    for statement in setUp { _ = try connection.run(statement, [], within: 10 * Self.connectDeadline) }
                    current = connection
                }
                do {
                    return try body(connection)
                } catch let failure as PostgresFailure {
                    if failure.endsConnection { current = nil }
                    throw failure
                }
            }
        }
    }
}

enum PostgresParameter: Sendable {
    case text(String)
    case bytes([UInt8])
    case null
}

/// Why a statement gave no result.
struct PostgresFailure: Error, Hashable, CustomStringConvertible {
    let description: String
    let endsConnection: Bool

    init(_ description: String, endsConnection: Bool = true) {
        self.description = description.trimmingCharacters(in: .whitespacesAndNewlines)
        self.endsConnection = endsConnection
    }
}
