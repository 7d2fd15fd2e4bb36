#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What Linux knows about this process, under the names that every Prometheus client uses. Elsewhere there is nothing.
enum ProcessMetrics {
    static func families() -> [MetricFamily] {
        var families: [MetricFamily] = []
        func add(_ name: String, as kind: MetricFamily.Kind = .gauge, _ help: String, _ value: MetricValue?) {
            guard let value else { return }
            families.append(MetricFamily(name: name, kind: kind, help: help, samples: [.init(value: value)]))
        }
        let stat = ProcessStat(contents("/proc/self/stat"))
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        add(
            "process_cpu_seconds_total", as: .counter, "User and system CPU time spent.",
            stat.map { .real(Double($0.cpuTicks) / ticks) })
        add(
            "process_resident_memory_bytes", "Resident memory.",
            stat.map { .whole($0.residentPages * Int64(sysconf(Int32(_SC_PAGESIZE)))) })
        let boot = number(after: "btime", in: contents("/proc/stat"))
        add(
            "process_start_time_seconds", "Start of the process since the Unix epoch.",
            stat.flatMap { stat in boot.map { .real(Double($0) + Double(stat.startTicks) / ticks) } })
        add("process_open_fds", "Open file descriptors.", openDescriptors().map { .whole($0) })
        add(
            "process_max_fds", "File descriptors that may be open at most.",
            number(after: "Max open files", in: contents("/proc/self/limits")).map { .whole($0) })
        return families
    }

    /// The first number behind `key` on the line that begins with it.
    private static func number(after key: String, in text: String) -> Int64? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.dropFirst(key.count).split(separator: " ").first.flatMap { Int64($0) }
    }

    private static func openDescriptors() -> Int64? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var entries: Int64 = 0
        while readdir(folder) != nil { entries += 1 }
        // Without `.`, `..` and the descriptor that reads the folder.
        return entries - 3
    }

    /// Empty when the file cannot be read.
    private static func contents(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
