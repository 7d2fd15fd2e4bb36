package import Foundation
package import Harvesting

/// A job as people at a terminal see it: what a service's answer says, or what a job of this process does.
package struct JobView: Decodable, Sendable {
    package struct Works: Decodable, Sendable {
        package let listed: Int
        package let isListed: Bool
        package let done: Int
        package let byClassification: [String: Int]
        package let bytes: Int

        enum CodingKeys: String, CodingKey {
            case listed
            case isListed = "listing_complete"
            case done
            case byClassification = "by_classification"
            case bytes
        }
    }

    package struct Rates: Decodable, Sendable {
        package let works: Double
        package let bytes: Double

        enum CodingKeys: String, CodingKey {
            case works = "works_per_s"
            case bytes = "bytes_per_s"
        }
    }

    package struct Wait: Decodable, Sendable {
        package let host: String
        package let role: String
        /// RFC 3339.
        package let until: String
        package let works: Int
    }

    package let id: String
    package let state: JobState
    package let reason: String?
    package let reasonDetail: String?
    package let works: Works
    package let rates: Rates?
    package let secondsLeft: Int?
    package let waits: [Wait]?

    enum CodingKeys: String, CodingKey {
        case id
        case state
        case reason
        case reasonDetail = "reason_detail"
        case works
        case rates
        case secondsLeft = "eta_s"
        case waits
    }

    /// - Throws: what decoding throws, where this is no job.
    package init(json: Data) throws {
        self = try JSON.decode(JobView.self, from: Array(json), within: .own)
    }

    package init(_ report: JobReport) throws {
        try self.init(json: JSON.encoder.encode(report))
    }
}

extension JobReport {
    /// As the API answers it.
    package var json: Data {
        get throws { try JSON.encoder.encode(self) }
    }
}
