/// The fields of `/proc/<pid>/stat` that matter here.
struct ProcessStat: Hashable {
    /// User and system time, in clock ticks.
    let cpuTicks: Int64
    /// Start after the machine's, in clock ticks.
    let startTicks: Int64
    let residentPages: Int64

    /// `nil` when the text is of another form.
    init?(_ text: String) {
        // The second field is the program's name in parentheses, which may hold blanks and parentheses itself.
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ").map { Int64($0) }
        // The first of these is field 3 of the manual page.
        guard fields.count > 21, let user = fields[11], let system = fields[12], let start = fields[19],
            let pages = fields[21]
        else { return nil }
        cpuTicks = user + system
        startTicks = start
        residentPages = pages
    }
}
