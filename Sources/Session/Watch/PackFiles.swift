import Files
package import Rules

/// The packs in folders of this machine, `rules/sniffers`: each with its `pack.yaml` and its rules; of a folder without one, those in the
/// folders that it has.
/// - Returns: those that could be read, and all that is wrong with them, also with two of one id.
package func packs(in folders: [String]) -> (packs: [RulePack], complaints: [RuleComplaint]) {
  var packs: [RulePack] = []
  var complaints: [RuleComplaint] = []
  for folder in folders.flatMap(packFolders) {
    var files: [RulePack.File] = []
    for name in listDirectory(folder).sorted() where name == packFile || name.hasSuffix(".d") {
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

/// A folder of packs stands for them.
package func packFolders(_ folder: String) -> [String] {
  let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
  let names = listDirectory(folder)
  if names.contains(packFile) { return [folder] }
  let packs = names.sorted().map { folder + "/" + $0 }.filter { listDirectory($0).contains(packFile) }
  return packs.isEmpty ? [folder] : packs
}

private let packFile = "pack.yaml"
