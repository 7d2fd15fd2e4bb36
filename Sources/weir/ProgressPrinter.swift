import ControlPlane
import Foundation
import Harvesting
import Synchronization

/// One line that is written over on a terminal; elsewhere a plain line whenever something has changed.
final class ProgressPrinter: HarvestProgress {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let last = Mutex("")

    func show(_ job: Job) {
        let line = Self.line(job)
        let isNew = last.withLock { last in
            defer { last = line }
            return last != line
        }
        if isTerminal {
            write("\r\u{1B}[K\(line)" + (job.state.isFinal ? "\n" : ""))
        } else if isNew {
            write(line + "\n")
        }
    }

    static func line(_ job: Job) -> String {
        let works = job.works
        let other = works.byClassification
            .filter { $0.key != Classification.pdf.rawValue && $0.key != Classification.cached.rawValue }
            .sorted { $0.key < $1.key }
            .map { ", \($0.value) \($0.key)" }
            .joined()
        let listed = works.listingComplete ? "\(works.listed)" : "\(works.listed)+"
        let reason = job.reason.map { ": \($0) (\(job.reasonDetail ?? ""))" } ?? ""
        return "\(job.state.rawValue)\(reason)  \(works.done)/\(listed) works"
            + "  \(works.byClassification["pdf", default: 0]) downloaded (\(works.bytes / 1024) KiB)"
            + ", \(works.byClassification["cached", default: 0]) there before\(other)"
    }

    private func write(_ text: String) {
        // Whoever reads may have gone; the harvest goes on.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
