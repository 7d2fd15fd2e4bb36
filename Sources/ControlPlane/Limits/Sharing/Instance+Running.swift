import Foundation
import RateLimiting

extension Instance {
    /// This process. No other on this machine has the same port; where any port will do, its own number tells it apart.
    static func running(at port: Int) -> Instance {
        let process = ProcessInfo.processInfo
        let place = port == 0 ? "process \(process.processIdentifier)" : "\(port)"
        return Instance(name: "\(process.hostName):\(place)", version: Weir.version)
    }
}
