extension Work {
    /// An invented work, with what lies behind the addresses of its record.
    init?(_ draft: WorkDraft) {
        let address = "http" + draft.pdfURL.dropFirst("https".count)
        var linkedPDF: String?
        var detours: [String: Detour] = [:]
        switch draft.kind {
        case .pdfInLocation:
            linkedPDF = address
            detours[address] = draft.movedTo.map { .moved(to: $0) }
        case .pdfOnLandingPage: linkedPDF = address
        case .paywall: detours[address] = .paywall
        case .deadPDFAddress:
            if draft.depositary == nil {
                linkedPDF = "http://\(draft.host.name)/current/\(draft.number + 1)/article.pdf"
            }
            detours[address] = .missing
        case .openWithoutPDF, .closed: break
        }
        self.init(record: draft.record, linkedPDF: linkedPDF, detours: detours, deposit: draft.deposit)
    }
}
