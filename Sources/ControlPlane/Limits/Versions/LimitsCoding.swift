import Foundation
import RateLimiting

/// How limits are written out: as the document that they are read from, or value by value.
enum LimitsCoding {
    /// A document, with `null` for what is hidden.
    static func document(_ values: [LimitPath: LimitValue?]) -> [String: JSONValue] {
        var root: [String: JSONValue] = ["version": .int(1)]
        for (path, value) in values { set(value?.json ?? .null, at: path.components[...], in: &root) }
        return root
    }

    private static func set(_ value: JSONValue, at names: ArraySlice<String>, in object: inout [String: JSONValue]) {
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

    /// A merge patch (RFC 7396) that says one thing after the other, each as `PATH=VALUE`; an empty value takes back
    /// what the API said.
    ///
    /// - Throws: ``DocumentProblems`` that name the texts.
    static func patch(_ texts: [String]) throws(DocumentProblems) -> [String: JSONValue] {
        var root: [String: JSONValue] = [:]
        var seen: Set<LimitPath> = []
        for text in texts {
            func problem(_ message: String) -> DocumentProblems {
                DocumentProblems([DocumentProblem(path: text, message: message)])
            }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let path = LimitPath(parts[0]) else {
                throw problem("should look like hosts.export.arxiv.org.metadata.rates=1/3SECOND+1000/DAY")
            }
            guard let kind = LimitsSchema.kind(of: path) else {
                let key = path.components.last ?? ""
                throw problem("unknown key '\(key)'\(Spelling.hint(for: key, in: LimitsSchema.keys(beside: path)))")
            }
            guard seen.insert(path).inserted else { throw problem("given more than once") }
            var value = JSONValue.null
            if !parts[1].isEmpty {
                let node = DocumentNode(parts[1], kind, path: parts[0])
                let read = try LimitsReader.read(node, at: path, origin: .flag(parts[0]))
                value = read.layer.values[path]?.value?.json ?? .null
            }
            set(value, at: path.components[...], in: &root)
        }
        return root
    }
}

extension LimitsLayer {
    /// The layer as a document.
    var document: [String: JSONValue] { LimitsCoding.document(values.mapValues(\.value)) }
}

extension EffectiveLimits {
    /// What is in force, as a document. The backend's address may carry a password, so it is not shown.
    var json: [String: JSONValue] {
        LimitsCoding.document(
            values.mapValues(\.value).merging([.backend("dsn"): .text(backend.dsn.isEmpty ? "" : "(set)")]) { $1 })
    }
}
