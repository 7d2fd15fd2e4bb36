import NIOCore
import ScriptedOrigin

/// The client's side.
extension GatewayPair {
    /// Asks the gateway, as the pair's client does.
    ///
    /// - Returns: the response, where the client waited for it.
    func ask(port: Int) async throws -> RawMessage? {
        try await RawConnection.open(port: port) { connection in
            // A server that has had enough may close while the client is still sending.
            do {
                try await connection.send(head)
                if client == .expects, await connection.head()?.status != 100 { return nil }
                if client.uploadsBody { try await upload(on: connection) }
                switch client {
                case .vanishesSending: return nil
                case .resetsSending:
                    try await connection.reset()
                    return nil
                case .halfClosesSending, .halfClosesAsking: try await connection.closeOutput()
                case .pipelines: try await connection.send(head)
                default: break
                }
            } catch {}
            return await read(on: &connection)
        }
    }

    private func read(on connection: inout RawConnection) async -> RawMessage? {
        switch client {
        case .vanishesReading:
            await readPart(on: &connection)
            return nil
        case .resetsReading:
            await readPart(on: &connection)
            try? await connection.reset()
            return nil
        case .readsSlowly:
            for _ in 1...200 { await Task.yield() }
            return await connection.response()
        case .asksForHead:
            return await connection.response(hasBody: false)
        case .pipelines:
            let first = await connection.response()
            guard let first, first.isComplete, !first.isLast else { return first }
            return await connection.response() ?? first
        default:
            return await connection.response()
        }
    }

    private func readPart(on connection: inout RawConnection) async {
        guard let head = await connection.head(), head.status == status, head.problem == nil else { return }
        _ = await connection.read(exactly: size * stop / 100)
    }

    private var head: String {
        let method = client == .asksForHead ? "HEAD" : client.uploadsBody && client != .getsWithBody ? "POST" : "GET"
        var lines = ["\(method) \(path) HTTP/1.\(client == .isOld ? 0 : 1)", "Host: gateway"]
        if client == .closes { lines.append("Connection: close") }
        if client == .expects { lines.append("Expect: 100-continue") }
        if client.uploadsBody {
            lines.append(client.sendsChunks ? "Transfer-Encoding: chunked" : "Content-Length: \(uploadSize)")
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    private func upload(on connection: RawConnection) async throws {
        let end = client.breaksOff ? uploadSize * stop / 100 : uploadSize
        for offset in stride(from: 0, to: end, by: GeneratedBytes.largestPiece) {
            let piece = GeneratedBytes.piece(at: offset, upTo: end)
            if client.sendsChunks { try await connection.send("\(String(piece.readableBytes, radix: 16))\r\n") }
            try await connection.send(piece)
            if client.sendsChunks { try await connection.send("\r\n") }
        }
        if client == .sendsBrokenChunks { try await connection.send("no chunk\r\n") }
        if client == .uploadsChunks { try await connection.send("0\r\n\r\n") }
    }
}
