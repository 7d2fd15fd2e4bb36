import Synchronization
import Testing

@testable import Fetching

@Suite("Series by host")
struct SeriesByHostTests {
    @Test("are looked up a bounded number of times, however many hosts come and come again")
    func bounded() {
        let lookUps = Mutex<[String]>([])
        let series = SeriesByHost<Int, String> { host, kind in
            lookUps.withLock { $0.append(host) }
            return "\(host) \(kind)"
        }
        for _ in 0..<3 {
            for number in 0..<10_000 {
                for kind in 0..<2 {
                    let expected = number < 256 ? "h\(number)" : "other"
                    #expect(series["h\(number)", kind] == "\(expected) \(kind)")
                }
            }
        }
        #expect(lookUps.withLock { $0.count } == 2 * 257)
    }

    @Test("of a host that has some are its own for further kinds too")
    func furtherKinds() {
        let series = SeriesByHost<Int, String> { host, _ in host }
        for number in 0..<1000 { _ = series["h\(number)", 0] }
        #expect(series["h0", 1] == "h0")
        #expect(series["h999", 1] == "other")
    }

    @Test("of very many kinds are right, though not all are kept")
    func manyKinds() {
        let series = SeriesByHost<Int, String> { host, kind in "\(host) \(kind)" }
        for kind in 0..<20_000 { #expect(series["h", kind] == "h \(kind)") }
    }
}
