import HTTPTypes
import Hummingbird
import NIOCore

/// Who makes a request. Callers are not authenticated: one is whom it says it is, or else its address.
struct Caller: Sendable {
    /// Its `From` field (RFC 9110, section 10.1.2), if that is 1 to 200 printable bytes.
    let from: String?
    let address: SocketAddress?

    private static let fromField = HTTPField.Name("From")

    init(of request: Request, at address: SocketAddress?) {
        let from = Self.fromField.flatMap { request.headers[$0] }
        let isFit = from.map { (1...200).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
        self.from = isFit == true ? from : nil
        self.address = address
    }

    /// For records of what it changed.
    var name: String? { from ?? address?.ipAddress }
}
