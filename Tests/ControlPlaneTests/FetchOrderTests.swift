import HTTPTypes
import Harvesting
import Testing

@testable import ControlPlane
@testable import Fetching

@Suite("An order to fetch") struct FetchOrderTests {
    private func order(
        _ url: String = "https://a.example/x", role: String = "landing", method: String? = nil,
        headers: [String: String]? = nil, timeout: Int? = nil
    ) throws -> FetchRequest {
        try FetchOrder(url: url, role: role, method: method, headers: headers, timeoutMilliseconds: timeout).request()
    }

    @Test("becomes a request for somebody else")
    func request() throws {
        let name = try #require(HTTPField.Name("X-Key"))
        let request = try order(method: "HEAD", headers: ["X-Key": "k", "accept": "text/html"])
        #expect(request.address.text == "https://a.example/x" && request.role == .landing && request.method == .head)
        #expect(request.headers == [.accept: "text/html", name: "k"])
        #expect(request.isForOthers)
    }

    @Test(
        "is refused with every field that is wrong",
        arguments: [
            ("ftp://a.example/", "landing", "GET", [:], ["url"]),
            ("http://a.example/", "page", "POST", [:], ["role", "method"]),
            ("http://a.example/", "landing", "GET", ["User-Agent": "x"], ["headers.User-Agent"]),
            (
                "http://a.example/", "landing", "GET", ["host": "b", "Connection": "x"],
                ["headers.Connection", "headers.host"]
            ),
            ("http://a.example/", "landing", "GET", ["A b": "x", "C": "x\r\nD: y"], ["headers.A b", "headers.C"]),
            ("http://a.example/", "landing", "GET", ["A": String(repeating: "x", count: 8193)], ["headers.A"]),
        ] as [(String, String, String, [String: String], [String])])
    func refused(
        _ url: String, _ role: String, _ method: String, _ headers: [String: String], _ fields: [String]
    ) throws {
        let problem = #expect(throws: Problem.self) { try order(url, role: role, method: method, headers: headers) }
        #expect(try #require(problem).errors.map(\.path) == fields)
    }

    @Test("may say how long it may take")
    func timeout() throws {
        #expect(try order(timeout: 1500).timeout == .milliseconds(1500))
        #expect(try order().timeout == FetchRole.landing.timeout)
        for timeout in [0, 900_001] {
            let problem = #expect(throws: Problem.self) { try order(timeout: timeout) }
            #expect(try #require(problem).errors.map(\.path) == ["timeout_ms"])
        }
    }

    @Test("has a bounded number of header fields")
    func fields() {
        let headers = Dictionary(uniqueKeysWithValues: (0..<65).map { ("X-\($0)", "") })
        #expect(throws: Problem.self) { try order(headers: headers) }
    }
}
