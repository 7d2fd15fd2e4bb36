package import HTTPTypes

/// A response whose body is still on its way.
package struct FetchResponse: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: FetchBody
    /// Where it came from, after redirects that were followed.
    package var address: WebAddress

    package init(status: HTTPResponse.Status, headers: HTTPFields, body: FetchBody, address: WebAddress) {
        self.status = status
        self.headers = headers
        self.body = body
        self.address = address
    }

    /// For the rules of caching.
    var head: HTTPResponse { HTTPResponse(status: status, headerFields: headers) }
}
