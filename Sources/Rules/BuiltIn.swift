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
        "rules/channels",
        [
          ("pack.yaml", PackageResources.channels_yaml),
          ("EXF-003.d", PackageResources.EXF_003_d),
          ("EXF-004.d", PackageResources.EXF_004_d),
          ("EXF-005.d", PackageResources.EXF_005_d),
          ("EXF-008.d", PackageResources.EXF_008_d),
          ("EXF-009.d", PackageResources.EXF_009_d),
          ("EXF-013.d", PackageResources.EXF_013_d),
          ("EXF-014.d", PackageResources.EXF_014_d),
        ]
      ),
      (
        "rules/execution",
        [
          ("pack.yaml", PackageResources.execution_yaml),
          ("EXE-001.d", PackageResources.EXE_001_d),
          ("EXE-002.d", PackageResources.EXE_002_d),
          ("EXE-003.d", PackageResources.EXE_003_d),
          ("EXE-004.d", PackageResources.EXE_004_d),
        ]
      ),
      (
        "rules/exfiltration",
        [
          ("pack.yaml", PackageResources.exfiltration_yaml),
          ("EXF-001.d", PackageResources.EXF_001_d),
          ("EXF-002.d", PackageResources.EXF_002_d),
          ("EXF-006.d", PackageResources.EXF_006_d),
          ("EXF-007.d", PackageResources.EXF_007_d),
          ("EXF-010.d", PackageResources.EXF_010_d),
          ("EXF-011.d", PackageResources.EXF_011_d),
          ("EXF-012.d", PackageResources.EXF_012_d),
          ("EXF-015.d", PackageResources.EXF_015_d),
          ("EXF-016.d", PackageResources.EXF_016_d),
        ]
      ),
      (
        "rules/sniffers",
        [
          ("pack.yaml", PackageResources.sniffers_yaml),
          ("SNF-001.d", PackageResources.SNF_001_d),
          ("SNF-002.d", PackageResources.SNF_002_d),
          ("SNF-003.d", PackageResources.SNF_003_d),
          ("SNF-004.d", PackageResources.SNF_004_d),
          ("SNF-005.d", PackageResources.SNF_005_d),
          ("SNF-006.d", PackageResources.SNF_006_d),
          ("SNF-007.d", PackageResources.SNF_007_d),
          ("SNF-008.d", PackageResources.SNF_008_d),
          ("SNF-009.d", PackageResources.SNF_009_d),
          ("SNF-010.d", PackageResources.SNF_010_d),
        ]
      ),
    ]
  }
}
