import Foundation

extension Catalog {
    /// Reads recorded answers of `GET /works`, or files with a bare array of works.
    package init(recorded paths: [String]) throws {
        var works: [Work] = []
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ArgumentProblem("'\(path)' cannot be read")
            }
            let document: JSON
            do {
                document = try JSONParser.parse(Array(data))
            } catch {
                throw ArgumentProblem("'\(path)' \(error)")
            }
            let records = document["results"]?.array ?? document.array
            guard !records.isEmpty else { throw ArgumentProblem("'\(path)' holds no works under \"results\"") }
            works += try records.enumerated().map { number, record in
                guard let work = Work(record: record) else {
                    throw ArgumentProblem("'\(path)': work number \(number + 1) has no id that ends in W and digits")
                }
                return work
            }
        }
        self.init(works: works)
    }
}
