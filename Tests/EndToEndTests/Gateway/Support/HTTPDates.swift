import Foundation

/// The ways to write a date (RFC 9110, section 5.6.7).
enum HTTPDateFormat: String {
    case preferred = "%a, %d %b %Y %H:%M:%S GMT"
    case rfc850 = "%A, %d-%b-%y %H:%M:%S GMT"
    case asctime = "%a %b %e %H:%M:%S %Y"
}

/// The date so many seconds from now.
func httpDate(_ seconds: Int, _ format: HTTPDateFormat = .preferred) -> String {
    var time = time_t(Date.now.timeIntervalSince1970) + seconds
    var fields = tm()
    gmtime_r(&time, &fields)
    var text = [CChar](repeating: 0, count: 64)
    let length = strftime(&text, text.count, format.rawValue, &fields)
    return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
