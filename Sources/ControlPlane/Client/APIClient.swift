import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix

/// Talks to a running service, for people at a terminal.
package struct APIClient: Sendable {
    private let server: String

    package struct Answer: Sendable {
        package let isSuccess: Bool
        /// JSON, indented for reading.
        package let text: String
    }

    /// A service that cannot be asked.
    struct Unreachable: Error, CustomStringConvertible {
        let server: String
        let error: any Error

        var description: String {
            "\(server) cannot be asked: \(Self.words(error)); is 'weir serve' running there? --server or WEIR_SERVER says where"
        }

        private static func words(_ error: any Error) -> String {
            switch error {
            case let error as NIOConnectionError:
                guard let failure = error.connectionErrors.first?.error else { return "no such host" }
                return words(failure)
            case is SocketAddressError.UnknownHost: return "no such host"
            case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
            case let error as HTTPClientError: return error.shortDescription.lowercased()
            default: return "\(error)"
            }
        }
    }

    /// Something that answers, and not as a service of this kind does.
    struct Stranger: Error, CustomStringConvertible {
        let server: String
        let status: UInt

        var description: String {
            "\(server) answered \(status), and not in JSON as 'weir serve' does; --server or WEIR_SERVER must be its URL"
        }
    }

    /// - Parameter server: its URL; `nil` is that of `WEIR_SERVER`, or the default.
    /// - Throws: ``SettingsError`` when the URL is none.
    package init(server: String?) throws {
        let environment = Settings.tidied(ProcessInfo.processInfo.environment)
        let text = server ?? environment[Setting.server.variable] ?? Setting.server.fallback
        guard let base = SettingsReader.baseURL(text) else {
            throw SettingsError(Setting.server.key, "must be a URL such as \(Setting.server.fallback), without a user")
        }
        self.server = base
    }

    /// - Throws: ``Unreachable``; ``Stranger``.
    package func ask(_ question: APIQuestion) async throws -> Answer {
        var request = HTTPClientRequest(url: server + question.path)
        request.method = question.method
        for (name, value) in question.headers { request.headers.add(name: name, value: value) }
        // Who changed a limit is what the next one wants to know.
        let environment = ProcessInfo.processInfo.environment
        if let user = environment["USER"] ?? environment["LOGNAME"] {
            request.headers.add(name: "From", value: "\(user)@\(ProcessInfo.processInfo.hostName)")
        }
        if let body = question.body { request.body = .bytes(ByteBuffer(data: body)) }
        do {
            return try await HTTPClient.withHTTPClient(configuration: Self.configuration) { [request] client in
                // The longest that a caller may wait for its start, and a little more.
                let response = try await client.execute(request, timeout: .seconds(3700))
                let body = Data(buffer: try await response.body.collect(upTo: 64 << 20))
                let type = response.headers.first(name: "content-type") ?? ""
                guard body.isEmpty || type.contains("json") else {
                    throw Stranger(server: server, status: response.status.code)
                }
                return Answer(isSuccess: (200..<300).contains(response.status.code), text: Self.indented(body))
            }
        } catch let stranger as Stranger {
            throw stranger
        } catch {
            throw Unreachable(server: server, error: error)
        }
    }

    /// Who is not there is not asked again for a minute and a half.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(10)
        return configuration
    }

    private static func indented(_ body: Data) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let value = try? JSONReader.value(of: Array(body), within: .own),
            let text = try? encoder.encode(value)
        else { return String(decoding: body, as: UTF8.self) }
        return String(decoding: text, as: UTF8.self)
    }
}
