extension [RulePack] {
  /// The packs that are part of the program, so that it finds them wherever it runs: `rules/` of the source.
  package static func builtIn() -> (packs: [RulePack], complaints: [RuleComplaint]) {
    var packs: [RulePack] = []
    var complaints: [RuleComplaint] = []
    for (folder, files) in embedded {
      let (pack, wrong) = RulePack.reading(
        files.map { RulePack.File(path: "\(folder)/\($0.name)", text: String(decoding: $0.bytes, as: UTF8.self)) },
        in: folder)
      complaints += wrong
      if let pack { packs.append(pack) }
    }
    return (packs, complaints)
  }

  private static var embedded: [(folder: String, files: [(name: String, bytes: [UInt8])])] {
    [
      (
        "rules/sniffers",
        [
          ("pack.yaml", PackageResources.sniffers_yaml), ("SNF-001.d", PackageResources.SNF_001_d),
          ("SNF-002.d", PackageResources.SNF_002_d), ("SNF-003.d", PackageResources.SNF_003_d),
          ("SNF-004.d", PackageResources.SNF_004_d), ("SNF-006.d", PackageResources.SNF_006_d),
        ]
      )
    ]
  }
}
