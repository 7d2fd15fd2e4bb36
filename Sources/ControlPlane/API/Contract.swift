import Foundation
import NIOCore
import NIOFoundationEssentialsCompat

/// The API's own description, as it is written, and as JSON for readers that know no YAML.
enum Contract {
    static let yaml = ByteBuffer(bytes: PackageResources.openapi_yaml)

    /// Converted once, when it is first asked for.
    static let json = Result {
        let document = try DocumentNode(yaml: String(decoding: PackageResources.openapi_yaml, as: UTF8.self))
        return ByteBuffer(data: try JSON.encoder.encode(document.json))
    }
}
