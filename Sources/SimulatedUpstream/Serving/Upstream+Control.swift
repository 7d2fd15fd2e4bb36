import HTTPTypes
import NIOCore

extension Upstream {
    private static let mostRepeated = 100

    /// Answers `/_sim/…`: what was counted, and what is true.
    func control(_ request: UpstreamRequest) -> Answer {
        switch (request.method, request.path) {
        case (.get, "/_sim/report"): return .json(.ok, report)
        case (.delete, "/_sim/report"):
            judge.reset()
            faults.reset()
            artifacts.reset()
            return .json(.ok, report)
        case (.get, "/_sim/works"):
            return Answer(status: .ok, type: "application/x-ndjson", body: truth)
        default: return .notFound
        }
    }

    private var report: JSON {
        let findings = judge.findings
        let served = artifacts.findings
        let repeated = served.filter { $0.value > 1 }.keys.map(\.description).sorted().prefix(Self.mostRepeated)
        let faults = faults.counts.map { ($0.key.rawValue, JSON($0.value)) }
        return [
            "requests": JSON(findings.requests),
            "rejected": JSON(findings.rejected),
            "worst_excess": JSON(findings.worstExcess),
            "jitter_tolerance_ms": JSON(toleranceMilliseconds),
            "artifact_requests": JSON(served.values.reduce(0, +)),
            "artifact_urls": JSON(served.count),
            "repeated_artifact_urls": .array(repeated.map { .string("http://" + $0) }),
            "hosts": .array(findings.tallies.sorted { $0.key < $1.key }.map { Self.host($0.key, $0.value) }),
            "faults": .object(Dictionary(faults, uniquingKeysWith: { first, _ in first })),
        ]
    }

    private static func host(_ key: LimitKey, _ tally: Tally) -> JSON {
        let windows = tally.windows.map { window -> JSON in
            [
                "rate": .string(window.rate.description), "max_in_window": JSON(window.sliding.most),
                "worst_excess": JSON(window.sliding.worstExcess),
            ]
        }
        return [
            "host": .string(key.host), "role": JSON(key.role?.rawValue), "requests": JSON(tally.requests),
            "rejected": JSON(tally.rejected), "windows": .array(windows),
        ]
    }

    /// One JSON line for each work.
    private var truth: [ByteBuffer] {
        catalog.works.map { work in
            let offer = work.offer
            let line: JSON = [
                "work_id": .string(work.id), "doi": JSON(work.doi), "offers_pdf": .bool(!offer.urls.isEmpty),
                "pdf_urls": .array(offer.urls.map { .string($0) }), "via": JSON(offer.via?.name),
            ]
            return ByteBuffer(string: line.text + "\n")
        }
    }
}
