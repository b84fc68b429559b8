// swift-tools-version: 6.2
// The rooms of the house, from the ground up. A module may use only modules that stand above it in this list;
// `.ci/arrows` checks that every `import` in Sources has its name here. One line a module.

import PackageDescription

let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  // `~Escapable` views of our own need `@_lifetime`, which 6.3 still keeps behind this flag (swift-nio does the same).
  .enableExperimentalFeature("Lifetimes"),
]

func module(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(_ name: String, uses dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

let package = Package(
  name: "culprit",
  products: [.executable(name: "culprit", targets: ["culprit"])],
  dependencies: [],
  targets: [
    // MARK: The doors to C: headers and module maps, nothing else
    .systemLibrary(name: "CBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),

    // MARK: The ground: bytes, text, what happened
    module("Bytes"),
    module("Source"),
    module("Events", uses: ["Bytes"]),
    module("BTF", uses: ["Bytes"]),
    module("IR", uses: ["Source"]),
    module("Probes", uses: ["BTF", "IR"]),

    // MARK: The program's way: text -> tree -> steps -> an engine
    module("DSyntax", uses: ["Source"]),
    module("DSemantics", uses: ["BTF", "DSyntax", "IR", "Probes", "Source"]),
    module("BPFCode", uses: ["Bytes", "IR"]),
    module("HostVM", uses: ["Bytes", "IR"]),

    // MARK: The packet's way: frame -> layers -> owner -> event
    module("Dissection", uses: ["Bytes", "Events"]),
    module("Correlation", uses: ["Bytes", "Dissection", "Events"]),
    module("Recording", uses: ["Bytes", "Events"]),

    // MARK: The doors: the kernel, the interfaces, other programs' symbols
    module("Capture", uses: ["Bytes", "CPcap", "Events"]),
    module("Kernel", uses: ["BPFCode", "BTF", "Bytes", "CBPF", "Events", "IR", "Probes"]),
    module("Symbols", uses: ["Bytes", "Events"]),

    // MARK: The answers
    module("Answers", uses: ["Bytes", "Events", "IR"]),
    .executableTarget(name: "culprit", swiftSettings: house),

    // MARK: The tests, and what they share
    .target(name: "CaptureFiles", dependencies: ["Events"], path: "Tests/CaptureFiles", swiftSettings: house),
    tests("CorrelationTests", uses: ["CaptureFiles", "Correlation", "Dissection", "Events"]),
    tests("DissectionTests", uses: ["Bytes", "CaptureFiles", "Dissection", "Events"]),
  ]
)
