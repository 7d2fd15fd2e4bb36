/// A value as it is put on record: by its path, in the form of the document.
struct StoredValue: Codable {
    let path: String
    let value: JSONValue?
    /// The version of the API's word; only in an overlay.
    let version: Int?

    private init(_ path: LimitPath, _ value: LimitValue?, _ origin: Origin?) {
        self.path = path.description
        self.value = value?.json
        if case .api(let version)? = origin { self.version = version } else { version = nil }
    }

    /// `nil` for what this version of Weir does not know any more.
    private func read() -> (LimitPath, LimitValue?)? {
        guard let path = LimitPath(path), let kind = LimitsSchema.kind(of: path) else { return nil }
        guard let value else { return (path, nil) }
        var reader = LimitValueReader()
        return reader.value(DocumentNode(json: value, path: DocumentPath(self.path)), kind).map { (path, $0) }
    }

    static func all(_ overlay: LimitsLayer) -> [StoredValue] {
        overlay.values.map { StoredValue($0.key, $0.value.value, $0.value.origin) }
    }

    static func all(_ values: [LimitPath: LimitValue]) -> [StoredValue] {
        values.map { StoredValue($0.key, $0.value, nil) }
    }

    static func overlay(_ stored: [StoredValue]) -> LimitsLayer {
        var overlay = LimitsLayer()
        for stored in stored {
            guard let (path, value) = stored.read() else { continue }
            overlay.values[path] = Stated(value: value, origin: .api(version: stored.version ?? 0))
        }
        return overlay
    }

    static func values(_ stored: [StoredValue]) -> [LimitPath: LimitValue] {
        let values = stored.compactMap { $0.read() }.compactMap { path, value in value.map { (path, $0) } }
        return Dictionary(values) { $1 }
    }
}
