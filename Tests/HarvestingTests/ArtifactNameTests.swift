import Testing

@testable import Harvesting

@Suite struct ArtifactNameTests {
    @Test(arguments: [
        (
            Work(id: "W1", title: "Rivers: a review/survey", publicationYear: 2019),
            "2019 Rivers a review survey [W1].pdf"
        ),
        (Work(id: "W2"), "[W2].pdf"),
        (Work(id: "doi:10.1000/x.y", title: "../../etc/passwd"), "etc passwd [doi-10-1000-x-y].pdf"),
        (Work(id: "W3", title: "Überschwemmung\u{0}\n an der Óder"), "Überschwemmung an der Óder [W3].pdf"),
    ])
    func isFitForEveryFileSystem(work: Work, name: String) {
        #expect(ArtifactName(of: work).text == name)
    }

    @Test func longOnesStayApart() {
        let start = "url:http://a.example/" + String(repeating: "folder/", count: 40)
        let names = ["1.pdf", "2.pdf"].map { end in
            ArtifactName(
                of: Work(id: start + end, title: String(repeating: "Þorn ", count: 200), publicationYear: 2000)
            ).text
        }
        #expect(Set(names).count == 2)
        #expect(names.allSatisfy { $0.utf8.count <= 255 })
    }
}
