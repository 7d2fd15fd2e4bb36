/// How an invented work's PDF is to be had, if at all.
enum WorkKind: CaseIterable {
    case pdfInLocation
    case pdfOnLandingPage
    case paywall
    case deadPDFAddress
    case openWithoutPDF
    case closed

    private var percent: Int {
        switch self {
        case .pdfInLocation: 45
        case .pdfOnLandingPage: 20
        case .paywall: 10
        case .deadPDFAddress: 5
        case .openWithoutPDF: 10
        case .closed: 10
        }
    }

    static func random(using generator: inout SplitMix64) -> WorkKind {
        var place = Int.random(in: 0..<100, using: &generator)
        for kind in allCases {
            if place < kind.percent { return kind }
            place -= kind.percent
        }
        return .closed
    }

    var isOpenAccess: Bool { self != .closed }
}
