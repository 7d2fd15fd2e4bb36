import Foundation
import NIOCore
import ServiceLifecycle

/// A server that says in plain words why it cannot listen where it is told to.
struct Listening: Service {
    let server: any Service
    let host: String
    let port: Int

    func run() async throws {
        do {
            try await server.run()
        } catch let error as IOError {
            throw refusal(String(cString: strerror(error.errnoCode)).lowercased())
        } catch is SocketAddressError.UnknownHost {
            throw refusal("no such address")
        }
    }

    private func refusal(_ why: String) -> SettingsError {
        SettingsError("port", "cannot listen on \(host):\(port): \(why)")
    }
}
