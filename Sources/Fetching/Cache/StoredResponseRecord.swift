import HTTPCaching
import HTTPTypes

/// A stored response as the index keeps it.
struct StoredResponseRecord: Codable {
    private let status: Int
    /// Name, value, name, value …
    private let fields: [String]
    private let requestTime: Int64
    private let responseTime: Int64
    private let part: [Int64]?
    private let isInvalidated: Bool

    init(_ response: StoredResponse) {
        status = response.status.code
        fields = response.fields.flatMap { [$0.name.rawName, $0.value] }
        requestTime = response.requestTime.seconds
        responseTime = response.responseTime.seconds
        isInvalidated = response.isInvalidated
        switch response.extent {
        case .complete: part = nil
        case .part(let range, let length): part = [range.lowerBound, range.upperBound, length]
        }
    }

    /// `nil` where it makes no sense.
    var response: StoredResponse? {
        var all: HTTPFields = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = HTTPField.Name(fields[index]) else { return nil }
            all.append(HTTPField(name: name, value: fields[index + 1]))
        }
        guard (100...999).contains(status) else { return nil }
        var response = StoredResponse(
            status: .init(code: status), fields: all, requestTime: HTTPDate(seconds: requestTime),
            responseTime: HTTPDate(seconds: responseTime))
        response.isInvalidated = isInvalidated
        if let part {
            guard part.count == 3, 0 <= part[0], part[0] < part[1], part[1] <= part[2] else { return nil }
            response.extent = .part(range: part[0]..<part[1], length: part[2])
        }
        return response
    }
}
