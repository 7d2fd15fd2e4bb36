import Crypto
import Storage

/// Why a job ended without finishing; the reason is shared by logs, metrics and answers.
package struct JobFailure: Error, Hashable, Sendable {
    package let reason: String
    package let detail: String

    package init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// What keeps files or rows from being written, or from being understood.
    init(storing error: any Error) {
        switch error {
        case is DecodingError, is CryptoKitError: reason = "unreadable"
        default: reason = (StorageFault(error) ?? .failing).rawValue
        }
        detail = "\(error)"
    }
}
