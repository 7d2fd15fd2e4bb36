/// RFC 3986, with the repairs of the WHATWG's URL standard for what people and pages write: white space around and line
/// ends within are dropped, `\` is `/`, hosts are read in every spelling that some system understands.
extension WebAddress {
    /// - Throws: ``FetchError/invalidURL(_:)`` with the reason.
    package init(parsing text: String) throws(FetchError) {
        let reference = try WebReference(text)
        guard let isSecure = try reference.isSecure, let authority = reference.authority else {
            throw .invalidURL(reference.scheme == nil ? "is neither http nor https" : "has no valid host")
        }
        try self.init(isSecure: isSecure, authority, reference)
    }

    /// What `reference` means on this page (RFC 3986, section 5.2.2).
    ///
    /// - Throws: ``FetchError/invalidURL(_:)`` when it leads nowhere that can be fetched.
    package func resolving(_ reference: String) throws(FetchError) -> WebAddress {
        let reference = try WebReference(reference)
        let isSecure = try reference.isSecure ?? isSecure
        if let authority = reference.authority {
            return try WebAddress(isSecure: isSecure, authority, reference)
        }
        guard reference.scheme == nil else { throw .invalidURL("has no valid host") }
        let path =
            if reference.path.isEmpty {
                path
            } else if reference.isRooted {
                WebPath.normalized(reference.path)
            } else {
                WebPath.normalized(WebPath.folder(of: path) + reference.path)
            }
        let query = reference.path.isEmpty && reference.query == nil ? query : reference.query.map(WebPath.query)
        return try WebAddress(isSecure: isSecure, host: host, port: port, path: path, query: query)
    }

    private init(isSecure: Bool, _ authority: ArraySlice<UInt8>, _ reference: WebReference) throws(FetchError) {
        let place = try WebAuthority(authority, defaultPort: Self.defaultPort(isSecure))
        try self.init(
            isSecure: isSecure, host: place.host, port: place.port, path: WebPath.normalized(reference.path),
            query: reference.query.map(WebPath.query))
    }
}
