/// How limits are written out: as the document that they are read from.
enum LimitsCoding {
    /// A document, with `null` for what is hidden.
    static func document(_ values: [LimitPath: LimitValue?]) -> [String: JSONValue] {
        var root: [String: JSONValue] = ["version": .int(1)]
        for (path, value) in values { set(value?.json ?? .null, at: path.components[...], in: &root) }
        return root
    }

    /// Puts a value where the names lead, into objects that are made on the way.
    static func set(_ value: JSONValue, at names: ArraySlice<String>, in object: inout [String: JSONValue]) {
        guard let name = names.first else { return }
        guard names.count > 1 else {
            object[name] = value
            return
        }
        var inner: [String: JSONValue] = [:]
        if case .object(let known)? = object[name] { inner = known }
        set(value, at: names.dropFirst(), in: &inner)
        object[name] = .object(inner)
    }
}

extension LimitsLayer {
    /// The layer as a document.
    var document: [String: JSONValue] { LimitsCoding.document(values.mapValues(\.value)) }
}

extension EffectiveLimits {
    /// What is in force, as a document.
    var json: [String: JSONValue] { LimitsCoding.document(shown) }
}
