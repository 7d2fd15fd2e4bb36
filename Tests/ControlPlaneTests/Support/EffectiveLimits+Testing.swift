import Foundation

@testable import ControlPlane

extension EffectiveLimits {
    /// A file with this text over the built-in limits.
    init(yaml: String) throws {
        let read = try LimitsReader.read(try DocumentNode(yaml: yaml), for: .file) {
            .file("limits.yaml", line: $0.place?.line)
        }
        try self.init([read.layer])
    }

    /// What the API says over the built-in limits.
    init(json: Data) throws {
        let read = try LimitsReader.read(try DocumentNode(json: json), for: .overlay) { _ in .api(version: 2) }
        try self.init([read.layer])
    }

    init(file: String) throws {
        try self.init([try LimitSources(file: file).readFile().layer])
    }
}
