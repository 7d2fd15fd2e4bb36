import NIOCore
import ScriptedOrigin

/// The origin's side.
extension GatewayPair {
    /// Answers a request to the pair's path.
    ///
    /// - Returns: whether the connection can take another request.
    func answer(_ request: RawMessage, on connection: inout RawConnection) async throws -> Bool {
        guard request["x-check"] == nil else {
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            try await send(size, on: connection)
            return true
        }
        let hasBody = request["content-length"] != nil || request["transfer-encoding"] != nil
        if hasBody { await read(request, on: &connection) }
        // Having read a part, nobody could tell where the next request begins.
        let isLast = answer == .closing || answer == .untilClose || hasBody && reading == .part
        let head = head(isLast: isLast)
        switch answer {
        case .whole, .closing:
            try await connection.send("\(head)Content-Length: \(size)\r\n\r\n")
            if request.method != "HEAD" { try await send(size, on: connection) }
        case .interim:
            try await connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            try await connection.send("\(head)Content-Length: \(size)\r\n\r\n")
            if request.method != "HEAD" { try await send(size, on: connection) }
        case .slow:
            try await connection.send("\(head)Content-Length: \(size)\r\n\r\n")
            guard request.method != "HEAD" else { break }
            for offset in stride(from: 0, to: size, by: 9_000) {
                try await connection.send(piece(at: offset, upTo: min(size, offset + 9_000)))
                await Task.yield()
            }
        case .chunked:
            try await connection.send("\(head)Transfer-Encoding: chunked\r\n\r\n")
            guard request.method != "HEAD" else { break }
            try await sendChunks(size, on: connection)
            try await connection.send("0\r\n\r\n")
        case .untilClose:
            try await connection.send("\(head)\r\n")
            if request.method != "HEAD" { try await send(size, on: connection) }
        case .cut:
            try await connection.send("\(head)Content-Length: \(size + 1)\r\n\r\n")
            try await send(size * stop / 100, on: connection)
            return false
        case .cutChunks:
            try await connection.send("\(head)Transfer-Encoding: chunked\r\n\r\n")
            try await sendChunks(size * stop / 100, on: connection)
            return false
        case .resets:
            try await connection.send("\(head)Content-Length: \(size + 1)\r\n\r\n")
            try await send(size * stop / 100, on: connection)
            try await connection.reset()
            return false
        case .silent:
            return false
        case .halfCloses:
            try await connection.closeOutput()
            _ = await connection.rest()
            return false
        case .garbage:
            try await connection.send("a dam, and no HTTP\r\n\r\n")
            return false
        }
        guard !isLast else {
            try await connection.closeOutput()
            _ = await connection.rest()
            return false
        }
        return hasBody && reading == .nothing ? await readWhole(request, on: &connection) : true
    }

    private func head(isLast: Bool) -> String {
        let control = isStorable ? "max-age=6000" : "no-store"
        let closing = isLast ? "Connection: close\r\n" : ""
        return "HTTP/1.1 \(status) Something\r\nCache-Control: \(control)\r\n\(closing)"
    }

    /// Reads as much of an upload as comes before the answer.
    private func read(_ request: RawMessage, on connection: inout RawConnection) async {
        switch reading {
        case .nothing: break
        case .part: _ = await connection.read(exactly: uploadSize * stop / 200)
        case .everything: _ = await readWhole(request, on: &connection)
        }
    }

    /// - Returns: whether the connection can take another request.
    private func readWhole(_ request: RawMessage, on connection: inout RawConnection) async -> Bool {
        var request = request
        await connection.readBody(of: &request)
        return request.isComplete
    }

    private func send(_ count: Int, on connection: RawConnection) async throws {
        for offset in stride(from: 0, to: count, by: GeneratedBytes.largestPiece) {
            try await connection.send(piece(at: offset, upTo: count))
        }
    }

    private func sendChunks(_ count: Int, on connection: RawConnection) async throws {
        for offset in stride(from: 0, to: count, by: 20_000) {
            let chunk = piece(at: offset, upTo: min(count, offset + 20_000))
            try await connection.send("\(String(chunk.readableBytes, radix: 16))\r\n")
            try await connection.send(chunk)
            try await connection.send("\r\n")
        }
    }
}
