import NIOCore
import ScriptedOrigin
import TestSupport

/// One request through a gateway: what its client does, and what its origin does. A seed and a number choose everything.
struct GatewayPair: Sendable, CustomStringConvertible {
    enum Answer: CaseIterable, Sendable {
        case whole, chunked, slow, interim, closing, untilClose
        case cut, cutChunks, resets, silent, halfCloses, garbage

        /// Whether all of it is sent.
        var isWhole: Bool {
            switch self {
            case .whole, .chunked, .slow, .interim, .closing, .untilClose: true
            default: false
            }
        }
    }

    /// How much of an upload the origin reads before it answers.
    enum Reading: CaseIterable, Sendable {
        case nothing, part, everything
    }

    enum Client: CaseIterable, Sendable {
        case gets, asksForHead, isOld, closes, pipelines, readsSlowly, halfClosesAsking, vanishesReading, resetsReading
        case uploads, uploadsChunks, expects, vanishesSending, resetsSending, halfClosesSending, sendsBrokenChunks
        case getsWithBody

        var uploadsBody: Bool {
            switch self {
            case .uploads, .uploadsChunks, .expects, .vanishesSending, .resetsSending, .halfClosesSending,
                .sendsBrokenChunks, .getsWithBody:
                true
            default: false
            }
        }

        var sendsChunks: Bool { self == .uploadsChunks || self == .sendsBrokenChunks }
        /// Whether it sends less than it announces.
        var breaksOff: Bool {
            [.vanishesSending, .resetsSending, .halfClosesSending, .sendsBrokenChunks].contains(self)
        }
    }

    let number: Int
    let answer: Answer
    let reading: Reading
    let client: Client
    let status: Int
    let isStorable: Bool
    /// Bytes of the response's body.
    let size: Int
    /// Bytes of the request's body.
    let uploadSize: Int
    /// Where a client or an origin stops that stops somewhere, in hundredths.
    let stop: Int

    init(number: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ UInt64(number) &* 0x1_0000_0001)
        self.number = number
        // Two of three answers are whole, or little would ever be stored.
        answer = Answer.allCases.filter { $0.isWhole || random.chance(40) }.randomElement(using: &random) ?? .whole
        reading = Reading.allCases.randomElement(using: &random) ?? .nothing
        client = Client.allCases.randomElement(using: &random) ?? .gets
        isStorable = random.chance(70)
        status = isStorable ? 200 : [200, 201, 404, 413, 500].randomElement(using: &random) ?? 200
        size = [0, 1, 700, 70_000, 400_000].randomElement(using: &random) ?? 0
        uploadSize = [1, 900, 90_000, 900_000, 5_000_000].randomElement(using: &random) ?? 1
        stop = random.number(0...99)
    }

    var description: String {
        "pair \(number): \(answer) after \(reading) of \(uploadSize), \(status), \(size) bytes, stored: \(isStorable), "
            + "\(client) until \(stop) %"
    }

    var path: String { "/pairs/\(number)" }

    func piece(at offset: Int, upTo end: Int) -> ByteBuffer {
        GeneratedBytes.piece(at: number + offset, upTo: number + end)
    }

    /// Whether these are the bytes of the pair's response, all of them.
    func isBody(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytes == size && GeneratedBytes.matches(bytes, at: number)
    }
}
