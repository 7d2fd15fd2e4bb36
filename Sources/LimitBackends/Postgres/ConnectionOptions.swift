import CLibpq

/// An address as libpq takes it apart.
enum ConnectionOptions {
    /// The options by their keywords; `nil` where the address cannot be understood.
    static func parse(_ address: String) -> [String: String]? {
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(address, &complaint) else {
            PQfreemem(complaint)
            return nil
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return found
    }
}
