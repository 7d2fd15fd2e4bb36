package import HTTPTypes

/// Which fields of a request its response was chosen by (RFC 9111, section 4.1).
package enum Vary {
    private static func names(_ fields: HTTPFields) -> [Substring] { FieldList.members(of: .vary, in: fields) }

    /// `Vary: *`, which no later request matches; neither does one match names that cannot be read.
    static func matchesNothing(_ response: HTTPFields) -> Bool {
        names(response).contains { $0 == "*" || HTTPField.Name(String($0)) == nil }
    }

    /// The fields of `request` that `response` was chosen by, as text that is equal for requests that match: names in
    /// order, values with one comma between members and no other white space around them; preferences as such.
    ///
    /// It may hold credentials; keep a digest of it.
    package static func key(of request: HTTPFields, chosenBy response: HTTPFields) -> String {
        let names = Set(names(response).compactMap { HTTPField.Name(String($0)) })
        guard !names.isEmpty else { return "" }
        return names.sorted { $0.canonicalName < $1.canonicalName }.map { name in
            let isThere = request.contains(name)
            var members = request[fields: name].flatMap { FieldList.split($0.octets[...]) }
            if let preferences = Preferences(name) { members = preferences.normalized(members) }
            return name.canonicalName + (isThere ? ":" : "") + members.joined(separator: ",")
        }.joined(separator: "\n")
    }
}

extension HTTPField {
    /// The value with a character for each octet: values that are no UTF-8 stay as different as they are.
    fileprivate var octets: String {
        withUnsafeBytesOfValue { octets in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: octets.lazy.map { Unicode.Scalar($0) })
            return String(text)
        }
    }
}
