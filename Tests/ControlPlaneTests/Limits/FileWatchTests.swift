import Foundation
import Testing

@testable import ControlPlane

@Suite("A watched file") struct FileWatchTests {
    @Test("is read when it has changed and is not being written any more")
    func looks() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "a")
            func write(_ text: String) throws { try Data(text.utf8).write(to: file, options: []) }
            try write("1")
            var watch = FileWatch(read: FileFingerprint(of: file.path()))
            func expect(_ isRead: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
                let isReadNow = watch.look(FileFingerprint(of: file.path()))
                #expect(isReadNow == isRead, sourceLocation: sourceLocation)
            }
            expect(false)
            try write("22")
            expect(false)
            try write("333")
            expect(false)
            expect(true)
            expect(false)
            // A file that may be read at last is another.
            #expect(chmod(file.path(), 0o640) == 0)
            expect(false)
            expect(true)
            watch.forget()
            expect(true)
            try FileManager.default.removeItem(at: file)
            expect(false)
            expect(true)
        }
    }

    /// As a mounted ConfigMap changes: `limits.yaml -> ..data/limits.yaml`, and `..data` is renamed over.
    @Test("has changed when it, or a link on the way to it, is replaced")
    func links() async throws {
        try await withTemporaryFolder { folder in
            let manager = FileManager.default
            func generation(_ name: String) throws {
                let own = folder.appending(path: name)
                try manager.createDirectory(at: own, withIntermediateDirectories: true)
                try Data("version: 1".utf8).write(to: own.appending(path: "limits.yaml"))
                let link = folder.appending(path: "..data_tmp").path()
                try manager.createSymbolicLink(atPath: link, withDestinationPath: name)
                #expect(rename(link, folder.appending(path: "..data").path()) == 0)
            }
            try generation("one")
            let file = folder.appending(path: "limits.yaml").path()
            try manager.createSymbolicLink(atPath: file, withDestinationPath: "..data/limits.yaml")
            let first = FileFingerprint(of: file)
            try generation("two")
            #expect(first != nil && FileFingerprint(of: file) != first)
        }
    }
}
