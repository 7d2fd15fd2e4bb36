import NIOCore
import Testing

@testable import ControlPlane

@Suite("Server-sent events")
struct ServerSentEventTests {
    private func text(_ id: String?, _ data: String) -> String {
        String(buffer: ServerSentEvent(id: id, name: "state", data: Array(data.utf8)).frame)
    }

    @Test("have an id, a name and their data, each line marked")
    func frames() {
        #expect(text("a-1", "{}") == "id: a-1\nevent: state\ndata: {}\n\n")
        #expect(text(nil, "{}") == "event: state\ndata: {}\n\n")
        #expect(text(nil, "a\n\nevent: x") == "event: state\ndata: a\ndata: \ndata: event: x\n\n")
        #expect(text(nil, "a\rid: 1") == "event: state\ndata: a\ndata: id: 1\n\n")
        #expect(text(nil, "") == "event: state\ndata: \n\n")
    }
}
