import Crypto
import Foundation
import GRDB

/// Why a job ended without finishing; the reason is shared by logs, metrics and answers.
package struct JobFailure: Error, Hashable, Sendable {
    package let reason: String
    package let detail: String

    package init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// What keeps files or rows from being written, or from being understood.
    init(storing error: any Error) {
        switch (error, Self.code(of: error)) {
        case (is DecodingError, _), (is CryptoKitError, _): reason = "unreadable"
        case (_, .ENOSPC), (_, .EDQUOT): reason = "disk_full"
        case (_, .EROFS): reason = "read_only"
        case (_, .EACCES), (_, .EPERM): reason = "permission_denied"
        case (let error as DatabaseError, _) where error.resultCode == .SQLITE_FULL: reason = "disk_full"
        case (let error as DatabaseError, _) where error.resultCode == .SQLITE_READONLY: reason = "read_only"
        default: reason = "storage_error"
        }
        detail = "\(error)"
    }

    private static func code(of error: any Error) -> POSIXErrorCode? {
        if let error = error as? POSIXError { return error.code }
        let cocoa = error as NSError
        if let beneath = cocoa.userInfo[NSUnderlyingErrorKey] as? any Error { return code(of: beneath) }
        switch cocoa.domain == NSCocoaErrorDomain ? CocoaError.Code(rawValue: cocoa.code) : nil {
        case .fileWriteOutOfSpace?: return .ENOSPC
        case .fileWriteVolumeReadOnly?: return .EROFS
        case .fileWriteNoPermission?: return .EACCES
        default: return cocoa.domain == NSPOSIXErrorDomain ? POSIXErrorCode(rawValue: Int32(cocoa.code)) : nil
        }
    }
}
