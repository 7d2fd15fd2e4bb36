/// Where an effective value comes from.
enum Origin: Hashable, Sendable, CustomStringConvertible {
    case builtIn
    /// `line` is that of the value.
    case file(String, line: Int?)
    case environment(String)
    case flag(String)
    /// The version of the table that the API made with it.
    case api(version: Int)

    var description: String {
        switch self {
        case .builtIn: "built in"
        case .file(let name, let line): "file \(name)" + (line.map { ":\($0)" } ?? "")
        case .environment(let name): "env \(name)"
        case .flag(let name): "flag \(name)"
        case .api(let version): "api version \(version)"
        }
    }
}
