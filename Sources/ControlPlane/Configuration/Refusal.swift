import GRDB
import Storage

/// What keeps a command from doing its work, in words for people.
package struct Refusal {
    /// One for each thing that is wrong.
    package let lines: [String]

    package init(_ error: any Error) {
        if let fault = StorageFault(error) {
            let more = (error as? DatabaseError)?.message.map { " (\($0))" } ?? ""
            lines = ["the data folder cannot be used: \(fault)\(more)"]
        } else {
            lines = "\(error)".split(separator: "\n").map(String.init)
        }
    }
}
