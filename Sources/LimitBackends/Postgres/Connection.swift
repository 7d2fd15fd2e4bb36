import CLibpq
import Foundation

/// A libpq connection, used by one thread at a time. Nothing waits longer than it is told to.
final class Connection {
    private let pointer: OpaquePointer

    /// - Throws: ``PostgresFailure``.
    init(to address: String, within milliseconds: Int) throws {
        guard let pointer = PQconnectStart(address) else { throw PostgresFailure("there is no memory to connect") }
        self.pointer = pointer
        var state = PGRES_POLLING_WRITING
        let end = Self.now() + milliseconds
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED, PQstatus(pointer) != CONNECTION_BAD else { throw failure }
            let isReading = state == PGRES_POLLING_READING
            guard try Self.wait(for: PQsocket(pointer), reading: isReading, until: end) else {
                throw PostgresFailure("the server does not answer")
            }
            state = PQconnectPoll(pointer)
        }
        PQsetnonblocking(pointer, 1)
    }

    deinit { PQfinish(pointer) }

    private var failure: PostgresFailure { PostgresFailure(String(cString: PQerrorMessage(pointer))) }

    /// The rows of a statement, each value as PostgreSQL sends it in binary.
    ///
    /// - Throws: ``PostgresFailure``.
    func run(_ statement: String, _ parameters: [PostgresParameter], within milliseconds: Int) throws -> [[[UInt8]?]] {
        let end = Self.now() + milliseconds
        guard send(statement, parameters) == 1 else { throw failure }
        while true {
            let rest = PQflush(pointer)
            if rest == 0 { break }
            guard rest > 0 else { throw failure }
            guard try Self.wait(for: PQsocket(pointer), reading: false, until: end) else {
                throw PostgresFailure("the server does not take the statement")
            }
        }
        var rows: [[[UInt8]?]] = []
        var refusal: PostgresFailure?
        while let result = try next(until: end) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            case PGRES_TUPLES_OK: rows = Self.rows(result)
            default:
                refusal = PostgresFailure(
                    String(cString: PQresultErrorMessage(result)), endsConnection: PQstatus(pointer) == CONNECTION_BAD)
            }
        }
        if let refusal { throw refusal }
        return rows
    }

    /// Several statements at once are possible only where there are no parameters.
    private func send(_ statement: String, _ parameters: [PostgresParameter]) -> Int32 {
        guard !parameters.isEmpty else { return PQsendQuery(pointer, statement) }
        // One buffer for all, each ended by a zero.
        var buffer: [CChar] = []
        var places: [Int?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        for parameter in parameters {
            let bytes: [UInt8]?
            switch parameter {
            case .text(let text): (bytes, _) = (Array(text.utf8), formats.append(0))
            case .bytes(let value): (bytes, _) = (value, formats.append(1))
            case .null: (bytes, _) = (nil, formats.append(0))
            }
            places.append(bytes == nil ? nil : buffer.count)
            lengths.append(Int32(bytes?.count ?? 0))
            buffer += (bytes ?? []).map { CChar(bitPattern: $0) } + [0]
        }
        return buffer.withUnsafeBufferPointer { buffer in
            let values = places.map { place in place.flatMap { place in buffer.baseAddress.map { $0 + place } } }
            return PQsendQueryParams(
                pointer, statement, Int32(parameters.count), nil, values, lengths, formats, 1)
        }
    }

    private func next(until end: Int) throws -> OpaquePointer? {
        while PQisBusy(pointer) == 1 {
            guard try Self.wait(for: PQsocket(pointer), reading: true, until: end) else {
                throw PostgresFailure("the server does not answer")
            }
            guard PQconsumeInput(pointer) == 1 else { throw failure }
        }
        return PQgetResult(pointer)
    }

    private static func rows(_ result: OpaquePointer) -> [[[UInt8]?]] {
        (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    return nil
                }
                let bytes = UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column)))
                return Array(bytes)
            }
        }
    }

    /// What came on the channels that are listened to; nothing when nothing did within the time.
    func notifications(within milliseconds: Int) throws -> [String] {
        let end = Self.now() + milliseconds
        while true {
            guard PQconsumeInput(pointer) == 1 else { throw failure }
            var payloads: [String] = []
            while let notification = PQnotifies(pointer) {
                payloads.append(String(cString: notification.pointee.extra))
                PQfreemem(notification)
            }
            guard payloads.isEmpty, try Self.wait(for: PQsocket(pointer), reading: true, until: end) else {
                return payloads
            }
        }
    }

    /// `false` when the time is over.
    private static func wait(for descriptor: Int32, reading: Bool, until end: Int) throws -> Bool {
        while true {
            let left = end - now()
            guard left > 0 else { return false }
            var entry = pollfd(fd: descriptor, events: Int16(reading ? POLLIN : POLLOUT), revents: 0)
            let count = poll(&entry, 1, Int32(clamping: left))
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EINTR else { throw PostgresFailure("waiting for the server: error \(errno)") }
        }
    }

    /// Milliseconds on a clock that does not step.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
