import Foundation
import TestSupport

/// A page of docs/, as a reader follows it.
struct DocumentationPage {
    let name: String
    private let blocks: [Block]

    /// A fenced block of shell commands.
    private struct Block {
        /// Whether it starts what the other pages need; marked "sh start".
        let isStart: Bool
        let commands: String
    }

    init(_ name: String) throws {
        self.name = name
        let text = try String(contentsOf: Tested.docs.appending(path: name), encoding: .utf8)
        blocks = text.matches(of: #/(?ms)^```sh( start)?\n(.*?)^```$/#).map { match in
            Block(isStart: match.1 != nil, commands: String(match.2))
        }
    }

    /// Every page with commands to follow.
    static var all: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: Tested.docs.path()).sorted()
                .filter { $0.hasSuffix(".md") }
                .filter { try !DocumentationPage($0).blocks.isEmpty }
        }
    }

    /// What a reader types who has started Weir as the quick start says.
    func script() throws -> String {
        let start = try DocumentationPage("quick-start.md").blocks.filter(\.isStart)
        let commands = (start + blocks.filter { !$0.isStart }).map(\.commands)
        let script = "export WEIR_PORT=8080 WEIR_SERVER=http://127.0.0.1:8080\n" + commands.joined()
        // Other processes of this machine may have the ports that the pages name.
        return try ["8080", "8081", "8082", "8090", "8091", "8899"].reduce(script) { script, port in
            script.contains(port) ? script.replacing(port, with: "\(try FreePort.find())") : script
        }
    }
}
