import Foundation
import GRDB
import Testing

@testable import Harvesting

@Suite struct JobFailureTests {
    @Test(arguments: [
        (POSIXErrorCode.ENOSPC, "disk_full"), (.EDQUOT, "disk_full"), (.EROFS, "read_only"),
        (.EACCES, "permission_denied"), (.EPERM, "permission_denied"), (.EIO, "storage_error"),
    ])
    func whatKeepsFilesFromBeingWrittenIsNamed(code: POSIXErrorCode, reason: String) {
        #expect(JobFailure(storing: POSIXError(code)).reason == reason)
        let wrapped = CocoaError(.fileWriteUnknown, userInfo: [NSUnderlyingErrorKey: POSIXError(code)])
        #expect(JobFailure(storing: wrapped).reason == reason)
    }

    @Test func soIsWhatKeepsRowsFromBeingWritten() {
        #expect(JobFailure(storing: DatabaseError(resultCode: .SQLITE_FULL)).reason == "disk_full")
        #expect(JobFailure(storing: DatabaseError(resultCode: .SQLITE_READONLY)).reason == "read_only")
        #expect(JobFailure(storing: DatabaseError(resultCode: .SQLITE_CORRUPT)).reason == "storage_error")
        #expect(JobFailure(storing: CocoaError(.fileWriteOutOfSpace)).reason == "disk_full")
    }
}
