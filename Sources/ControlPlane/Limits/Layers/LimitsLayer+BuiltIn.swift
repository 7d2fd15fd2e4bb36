import RateLimiting

extension LimitsLayer {
    /// The lowest layer: what the schema's types have by themselves, and the document that is compiled in.
    static let builtIn = LimitsLayer(
        values: ofSchema.values.merging(compiledIn.values) { $1 })

    /// The document that is compiled in, as it is written.
    package static var builtInDocument: String { String(decoding: PackageResources.limits_yaml, as: UTF8.self) }

    private static let compiledIn: LimitsLayer = {
        do {
            return try LimitsReader.read(DocumentNode(yaml: builtInDocument), for: .file) { _ in .builtIn }.layer
        } catch {
            preconditionFailure("the limits that are compiled in: \(error)")
        }
    }()

    /// What governs all hosts together.
    private static let ofSchema: LimitsLayer = {
        var layer = LimitsLayer()
        func say<Target>(_ target: Target, _ schema: [SchemaKey<Target>], at path: (String) -> LimitPath) {
            for key in schema {
                layer.values[path(key.name)] = key.get(target).map { Stated(value: $0, origin: .builtIn) }
            }
        }
        let document = LimitsDocument(defaults: [:])
        say(document, LimitsSchema.top) { .top($0) }
        say(document.aimd, LimitsSchema.aimd) { .aimd($0) }
        say(BackendSettings(), LimitsSchema.backend) { .backend($0) }
        return layer
    }()
}
