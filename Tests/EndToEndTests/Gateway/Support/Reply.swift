import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import ScriptedOrigin

/// What a client got, and what the origin was asked meanwhile.
struct Reply: Sendable {
    /// The request in words.
    let request: String
    let status: Int
    let headers: HTTPHeaders
    let body: ByteBuffer
    /// The requests to the same path that reached the origin between the question and the reply.
    let forwarded: [RecordedRequest]

    var text: String { String(buffer: body) }

    /// All lines of the field as one value; nil when there is none.
    subscript(_ name: String) -> String? {
        let lines = headers[name]
        return lines.isEmpty ? nil : lines.joined(separator: ", ")
    }

    var age: Int? { self["Age"].flatMap { Int($0) } }

    /// What the gateway says about itself: the last member that carries its name.
    var cacheStatus: CacheStatusMember? {
        self["Cache-Status"].flatMap { CacheStatusMember.all(in: $0).last { $0.cache == "weir" } }
    }

    /// RFC 9457: the body of an answer that the gateway made up itself.
    var problem: Problem? {
        guard self["Content-Type"] == "application/problem+json" else { return nil }
        return try? JSONDecoder().decode(Problem.self, from: Data(buffer: body))
    }

    struct Problem: Decodable {
        let status: Int
        let reason: String?
    }
}

extension Reply: CustomStringConvertible {
    var description: String {
        let fields = headers.map { "\($0.name): \($0.value)" }.joined(separator: " | ")
        let excerpt = text.prefix(200)
        return """
            asked \(request)
            came \(status) | \(fields) | \(body.readableBytes) bytes: \(excerpt)
            the origin was asked \(forwarded)
            """
    }
}
