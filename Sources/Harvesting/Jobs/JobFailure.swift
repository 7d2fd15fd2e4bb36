import Storage

/// Why a job ended without finishing; the reason is shared by logs, metrics and answers.
package struct JobFailure: Error, Hashable, Sendable {
    package let reason: String
    package let detail: String

    package init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// What keeps files or rows from being written.
    init(storing error: any Error) {
        self.init(reason: (StorageFault(error) ?? .failing).rawValue, detail: "\(error)")
    }
}
