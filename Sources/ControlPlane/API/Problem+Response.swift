import Foundation
import HTTPTypes
import NIOCore
import NIOFoundationEssentialsCompat

extension Problem {
    /// The response and its body, for what answers without a router.
    ///
    /// - Parameter fields: sent besides the problem's own.
    func response(_ fields: HTTPFields = [:]) -> (HTTPResponse, ByteBuffer) {
        let body = ByteBuffer(data: (try? JSON.encoder.encode(self)) ?? Data())
        var fields = fields
        fields.append(contentsOf: headers)
        fields[.contentType] = "application/problem+json"
        fields[.contentLength] = String(body.readableBytes)
        return (HTTPResponse(status: status, headerFields: fields), body)
    }
}
