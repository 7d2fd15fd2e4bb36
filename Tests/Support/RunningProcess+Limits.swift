extension RunningProcess {
    /// Lets it write no byte to any file, or all that it wants again: a full disk that root meets as well.
    package func fillDisk(_ isFull: Bool) async throws {
        let limit = isFull ? "0:unlimited" : "unlimited:unlimited"
        let prlimit = try RunningProcess("/usr/bin/prlimit", ["--pid", "\(identifier)", "--fsize=\(limit)"])
        guard await prlimit.exit() == 0 else { throw EndedEarly(output: prlimit.output) }
    }
}
