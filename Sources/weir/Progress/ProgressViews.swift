import ControlPlane
import Foundation
import Harvesting
import Synchronization

/// Shows a job's view as it changes.
protocol JobViewing: HarvestProgress {
    func show(_ job: JobView)
}

extension JobViewing {
    func show(_ report: JobReport) {
        if let job = try? JobView(report) { show(job) }
    }
}

/// The view that suits standard output.
func progressView(json: Bool) -> any HarvestProgress {
    if json { return JSONProgress() }
    return jobView()
}

func jobView() -> any JobViewing {
    isatty(STDOUT_FILENO) == 1 ? LiveView() : PlainProgress()
}

/// A line whenever something has changed.
final class PlainProgress: JobViewing {
    private let last = Mutex("")

    func show(_ job: JobView) {
        let line = JobText.line(job)
        let isNew = last.withLock { last in
            defer { last = line }
            return last != line
        }
        if isNew { Terminal.write(line + "\n") }
    }
}

/// The API's answer, a line each.
struct JSONProgress: HarvestProgress {
    func show(_ report: JobReport) {
        if let json = try? report.json { Terminal.write(String(decoding: json, as: UTF8.self) + "\n") }
    }
}

/// A few lines that are written over: bars of works and bytes, and who waits for whom.
final class LiveView: JobViewing {
    private let height = Mutex(0)

    private static let mostWaits = 5

    func show(_ job: JobView) {
        let lines = Self.lines(job, width: Terminal.width, now: Date())
        height.withLock { height in
            // Up to where it began, then everything below it anew.
            let back = height > 0 ? "\u{1B}[\(height)A" : ""
            Terminal.write(back + "\r\u{1B}[J" + lines.map { $0 + "\n" }.joined())
            height = lines.count
        }
    }

    static func lines(_ job: JobView, width: Int, now: Date) -> [String] {
        let bar = max(10, min(40, width - 50))
        var works = "works  \(JobText.bar(job.works.done, of: job.works.listed, width: bar)) \(JobText.works(job))"
        if let rates = job.rates { works += "  \((rates.works * 10).rounded() / 10)/s" }
        if let left = job.secondsLeft { works += "  \(JobText.duration(left)) left" }
        var files = "files  \(JobText.files(job))"
        if let rates = job.rates { files += "  \(JobText.size(rates.bytes))/s" }
        var lines = [JobText.state(job), works, files]
        let waits = job.waits ?? []
        for wait in waits.prefix(mostWaits) {
            let seconds =
                (try? Date(wait.until, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true)))
                .map { max(0, $0.timeIntervalSince(now)) } ?? 0
            lines.append(
                "waits  \(wait.host) \(wait.role): \(wait.works) works, \(JobText.duration(Int(seconds.rounded(.up))))")
        }
        if waits.count > mostWaits { lines.append("waits  … and for \(waits.count - mostWaits) hosts more") }
        return lines.map { String($0.prefix(width)) }
    }
}
