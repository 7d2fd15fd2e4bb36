import Foundation
import NIOCore
import ServiceLifecycle

/// A server that says in plain words why it cannot listen where it is told to.
struct Listening: Service {
    let server: any Service
    let host: String
    let port: Int
    /// Settings that say where: of the host, and of the port.
    var settings = (host: "host", port: "port")

    func run() async throws {
        do {
            try await server.run()
        } catch let error as IOError {
            let why = String(cString: strerror(error.errnoCode)).lowercased()
            switch error.errnoCode {
            case EADDRINUSE:
                throw refusal(
                    settings.port, "\(why); stop the process that has it, or choose another port (0: any free one)")
            case EADDRNOTAVAIL: throw refusal(settings.host, "\(why); \(Self.addresses)")
            default: throw refusal(settings.port, why)
            }
        } catch is SocketAddressError.UnknownHost {
            throw refusal(settings.host, "no such address; \(Self.addresses)")
        }
    }

    private static let addresses =
        "choose one of this machine, such as 127.0.0.1 for it alone, or 0.0.0.0 for every network that it is in"

    private func refusal(_ setting: String, _ why: String) -> SettingsError {
        SettingsError(setting, "cannot listen on \(host):\(port): \(why)")
    }
}
