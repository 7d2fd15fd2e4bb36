import Foundation
import TestSupport
import Testing

@Suite("Storage that fails is told by name", .timeLimit(.minutes(2)))
struct StorageFaultTests {
    private static let job = #"{"works":[{"doi":"10.1234/a"}]}"#
    private static let patch = #"{"global_max_inflight":77}"#
    private static let acquire = #"{"host":"a.example","role":"metadata"}"#

    @Test("a full disk: nothing is taken in that has to last, all else goes on, and so does the service afterwards")
    func full() async throws {
        let service = try await StoredService.start()
        #expect(try await service.readiness("ok").code == 200)
        try await service.running.process.fillDisk(true)
        let (code, readiness) = try await service.readiness("full")
        #expect(code == 503 && readiness.status == "unready" && readiness.reason == "disk_full")
        let full = StoredService.StorageProblem(type: "urn:weir:problem:storage_full", status: 507)
        #expect(try await service.send("POST", "/v1/jobs", Self.job) == full)
        #expect(try await service.send("PATCH", "/v1/limits", Self.patch) == full)
        #expect(try await service.send("POST", "/v1/tokens/acquire", Self.acquire) == nil)
        #expect(!service.logs(#""reason":"disk_full""#).isEmpty)
        #expect(
            try await service.running.get("/metrics").text.contains(#"weir_storage_errors_total{reason="disk_full"} 2"#)
        )
        try await service.running.process.fillDisk(false)
        #expect(try await service.readiness("ok").code == 200)
        #expect(try await service.send("PATCH", "/v1/limits", Self.patch) == nil)
        #expect(try await service.send("POST", "/v1/jobs", Self.job) == nil)
    }

    @Test("a folder that became read-only")
    func readOnly() async throws {
        let service = try await StoredService.start(isUnprivileged: true)
        #expect(chmod(service.data, 0o555) == 0)
        let (code, readiness) = try await service.readiness("read_only")
        #expect(code == 503 && readiness.reason == "permission_denied")
        let problem = try await service.send("PATCH", "/v1/limits", Self.patch)
        #expect(problem == .init(type: "urn:weir:problem:storage_unavailable", status: 503))
        #expect(chmod(service.data, 0o755) == 0)
        #expect(try await service.readiness("ok").code == 200)
        #expect(try await service.send("PATCH", "/v1/limits", Self.patch) == nil)
    }

    @Test("a folder, or a database in it, that is gone", arguments: ["", "limits.sqlite", "manifest.sqlite"])
    func missing(_ name: String) async throws {
        let service = try await StoredService.start()
        try FileManager.default.moveItem(at: service.file(name), to: service.folder.url.appending(path: "gone"))
        let (code, readiness) = try await service.readiness("missing")
        #expect(code == 503 && readiness.reason == "storage_missing")
        let problem = try await service.send("POST", "/v1/jobs", Self.job)
        #expect(problem == .init(type: "urn:weir:problem:storage_unavailable", status: 503))
        if name.isEmpty {
            // Another folder of the same name is not the one that is written to.
            try FileManager.default.createDirectory(at: service.file(""), withIntermediateDirectories: true)
            let (code, _) = try await service.readiness("missing")
            #expect(code == 503)
        }
        #expect(try await service.running.get("/healthz").status == 200)
    }
}
