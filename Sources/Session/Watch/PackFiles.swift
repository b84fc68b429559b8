import Files
package import Rules

/// The packs in folders of this machine, `rules/sniffers`: each with its `pack.yaml` and its rules.
/// - Returns: those that could be read, and all that is wrong with them, also with two of one id.
package func packs(in folders: [String]) -> (packs: [RulePack], complaints: [RuleComplaint]) {
  var packs: [RulePack] = []
  var complaints: [RuleComplaint] = []
  for folder in folders {
    let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    var files: [RulePack.File] = []
    for name in listDirectory(folder).sorted() where name == "pack.yaml" || name.hasSuffix(".d") {
      let path = folder + "/" + name
      guard files.count < mostFiles else {
        complaints.append(RuleComplaint(.unreadable, file: folder, "a pack has at most \(mostFiles) rules"))
        break
      }
      do {
        files.append(
          RulePack.File(path: path, text: String(decoding: try readFile(path, limit: 1 << 20), as: UTF8.self)))
      } catch {
        complaints.append(RuleComplaint(.unreadable, file: path, "\(error)"))
      }
    }
    let (pack, wrong) = RulePack.reading(files, in: folder)
    complaints += wrong
    if let pack { packs.append(pack) }
  }
  return (packs, complaints + packs.repeated)
}

private let mostFiles = 1000
