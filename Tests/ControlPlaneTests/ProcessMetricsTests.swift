import Testing

@testable import ControlPlane

struct ProcessMetricsTests {
    #if os(Linux)
        @Test func areThereAndPlausible() async throws {
            let families = try ExpositionParser(await PrometheusRegistry(help: [:]).exposition()).families
            func value(_ name: String) throws -> Double {
                try #require(families[name]?.samples.first?.value, "\(name)")
            }
            #expect(families["process_cpu_seconds_total"]?.kind == "counter")
            #expect(try (0..<100_000).contains(value("process_cpu_seconds_total")))
            #expect(try (1_000_000..<100_000_000_000).contains(value("process_resident_memory_bytes")))
            #expect(try value("process_open_fds") >= 1)
            #expect(try value("process_open_fds") <= value("process_max_fds"))
            #expect(try value("process_start_time_seconds") > 1_577_836_800)
        }
    #endif

    @Test func aProgramNameMayHoldAnything() throws {
        let name = "a) R 9 (b"
        let text = "12 (\(name)) S 1 1 1 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 3 0 9000 1000 250 18446744073709551615 1"
        let stat = try #require(ProcessStat(text))
        #expect(stat.cpuTicks == 200)
        #expect(stat.startTicks == 9000)
        #expect(stat.residentPages == 250)
        #expect(ProcessStat("") == nil)
        #expect(ProcessStat("12 (x) S 1") == nil)
    }
}
