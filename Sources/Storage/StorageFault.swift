import Foundation
import GRDB

/// What keeps files or rows from being written or read. The name is shared by logs, metrics, answers and failures of jobs.
package enum StorageFault: String, Error, Sendable, CaseIterable {
    case full = "disk_full"
    case readOnly = "read_only"
    case permissionDenied = "permission_denied"
    /// A file or folder is gone.
    case missing = "storage_missing"
    /// Anything else: a disk that fails, a damaged database, one that somebody else keeps locked.
    case failing = "storage_error"

    /// `nil` for an error that is none of storage's.
    package init?(_ error: any Error) {
        if let fault = error as? StorageFault {
            self = fault
        } else if let error = error as? DatabaseError {
            self.init(error.resultCode)
        } else if let code = Self.code(of: error) {
            self.init(code: code.rawValue)
        } else {
            return nil
        }
    }

    private init?(_ code: ResultCode) {
        switch code {
        case .SQLITE_FULL: self = .full
        case .SQLITE_READONLY: self = .readOnly
        case .SQLITE_PERM: self = .permissionDenied
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_BUSY, .SQLITE_LOCKED,
            .SQLITE_PROTOCOL, .SQLITE_NOMEM:
            self = .failing
        default: return nil
        }
    }

    /// - Parameter code: as a system call leaves it in `errno`.
    package init(code: Int32) {
        self =
            switch code {
            // A limit on the size of files is one more way of being full.
            case ENOSPC, EDQUOT, EFBIG: .full
            case EROFS: .readOnly
            case EACCES, EPERM: .permissionDenied
            case ENOENT, ENOTDIR, ESTALE: .missing
            default: .failing
            }
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

extension StorageFault: CustomStringConvertible {
    /// What is wrong, in plain words.
    package var description: String {
        switch self {
        case .full: "the disk is full"
        case .readOnly: "it is read-only"
        case .permissionDenied: "permission denied"
        case .missing: "it is not there"
        case .failing: "it cannot be read or written"
        }
    }
}
