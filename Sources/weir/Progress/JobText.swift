import ControlPlane
import Foundation
import Harvesting

/// A job's view in words.
enum JobText {
    /// The whole of it in one line.
    static func line(_ job: JobView) -> String {
        let waits = (job.waits ?? []).map { "  \(wait($0))" }.joined()
        return "\(state(job))  \(works(job))  \(files(job))\(waits)"
    }

    static func state(_ job: JobView) -> String {
        job.state.rawValue + (job.reason.map { ": \($0) (\(job.reasonDetail ?? ""))" } ?? "")
    }

    static func works(_ job: JobView) -> String {
        "\(job.works.done)/\(job.works.listed)\(job.works.isListed ? "" : "+") works"
    }

    static func files(_ job: JobView) -> String {
        let counts = job.works.byClassification
        let (pdf, cached) = (Classification.pdf.rawValue, Classification.cached.rawValue)
        let other = counts.filter { $0.key != pdf && $0.key != cached }.sorted { $0.key < $1.key }
            .map { ", \($0.value) \($0.key)" }.joined()
        return "\(counts[pdf, default: 0]) downloaded (\(size(Double(job.works.bytes))))"
            + ", \(counts[cached, default: 0]) there before\(other)"
    }

    /// Where works wait for the limiter, and until when.
    static func wait(_ wait: JobView.Wait) -> String {
        "waits for \(wait.host) \(wait.role) until \(wait.until) (works: \(wait.works))"
    }

    static func size(_ bytes: Double) -> String {
        var (value, unit) = (min(max(0, bytes), 1e18) / 1024, 0)
        let units = ["KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(value < 10 && unit > 0 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))") \(units[unit])"
    }

    static func duration(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }

    /// A bar of `width` characters.
    static func bar(_ part: Int, of whole: Int, width: Int) -> String {
        let share = whole > 0 ? min(max(0, Double(part) / Double(whole)), 1) : 0
        let filled = Int(share * Double(width))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }
}
