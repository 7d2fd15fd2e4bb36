package import NIOCore
package import NIOHTTP1

/// A request as it arrived at the origin, its body included.
package struct RecordedRequest: Sendable {
    package let method: HTTPMethod
    package let target: String
    package let headers: HTTPHeaders
    package let body: ByteBuffer
    let isKeepAlive: Bool

    init(_ head: HTTPRequestHead, body: ByteBuffer) {
        method = head.method
        target = head.uri
        headers = head.headers
        isKeepAlive = head.isKeepAlive
        self.body = body
    }

    /// The target without its query.
    package var path: String {
        String(target.prefix { $0 != "?" })
    }

    /// All lines of the field as one value, whatever the case of its name; nil when there is none.
    package subscript(_ name: String) -> String? {
        let lines = headers[name]
        return lines.isEmpty ? nil : lines.joined(separator: ", ")
    }
}

extension RecordedRequest: CustomStringConvertible {
    package var description: String {
        let fields = headers.map { "\($0.name): \($0.value)" }
        return (["\(method) \(target)"] + fields + ["(\(body.readableBytes) bytes)"]).joined(separator: " | ")
    }
}
