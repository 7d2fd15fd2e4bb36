import Crypto
import Foundation
import HTTPTypes
import Testing

@testable import Harvesting

@Suite struct WebhooksTests {
    /// As a receiver checks it (https://www.standardwebhooks.com).
    @Test func theSignatureCoversIDTimeAndBody() throws {
        let body = Data(#"{"id":"j"}"#.utf8)
        let fields = Webhooks.signature(id: "j.1", seconds: 1_700_000_000, body: body, key: "k")
        func field(_ name: String) throws -> String { try #require(HTTPField.Name(name).flatMap { fields[$0] }) }
        let content = Data("\(try field("webhook-id")).\(try field("webhook-timestamp")).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: Data("k".utf8)))
        #expect(try field("webhook-signature") == "v1,\(Data(code).base64EncodedString())")
        #expect(try field("webhook-timestamp") == "1700000000")
    }

    @Test func itIsTriedForAboutADay() {
        #expect((86_400 - 10_000...86_400 + 10_000).contains(Webhooks.waits.reduce(0, +)))
    }
}
