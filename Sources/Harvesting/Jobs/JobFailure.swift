/// Why a job ended without finishing; the reason is shared by logs, metrics and answers.
package struct JobFailure: Error, Hashable, Sendable {
    package let reason: String
    package let detail: String

    package init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
