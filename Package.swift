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

/// What lies between D text and what the kernel runs. It is optimized in debug builds, too: a recorder otherwise needs seconds of
/// processor time to start, hundreds of times in the tests.
let alwaysOptimized: Set = ["Bytes", "Source", "Events", "BTF", "IR", "Probes", "DSyntax", "DSemantics", "BPFCode"]

func module(_ name: String, uses dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  let optimization: [SwiftSetting] =
    alwaysOptimized.contains(name) ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []
  return .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: house + optimization)
}

func tests(_ name: String, uses dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

/// A program that the tests investigate. It is C, as such programs are, and the same in every build: unoptimized, so that
/// each function keeps its frame. None of it is a product.
func suspect(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["Endpoint"],
    path: "Tests/Suspects/\(name)",
    cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O0", "-fno-omit-frame-pointer"])],
    // Not Swift programs, though SwiftPM would link the Swift runtime into them, and its start would be their first
    // milliseconds. Without the start-up object, and from an archive, none of it is linked.
    linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]
  )
}

let package = Package(
  name: "culprit",
  products: [.executable(name: "culprit", targets: ["culprit"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: The doors to C: headers and module maps, nothing else
    .systemLibrary(name: "CBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPtrace"),
    .systemLibrary(name: "CMalloc"),

    // MARK: The ground: bytes, files, clocks, text, what happened
    module("Bytes"),
    module("Files"),
    module("Time"),
    module(
      "Delivery",
      uses: [
        "Events", "Files", "Time", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    module(
      "Serving",
      uses: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    module("Source"),
    module("Events", uses: ["Bytes"]),
    module("BTF", uses: ["Bytes"]),
    module("IR", uses: ["Source"]),
    module("Probes", uses: ["BTF", "IR"]),

    // MARK: The program's way: text -> tree -> steps -> an engine
    .target(name: "Questions", resources: [.embedInCode("Programs")], swiftSettings: house),
    module("DSyntax", uses: ["Source"]),
    module("DSemantics", uses: ["BTF", "DSyntax", "IR", "Probes", "Source"]),
    module("BPFCode", uses: ["Bytes", "IR"]),
    module("HostVM", uses: ["Bytes", "IR"]),

    // MARK: The packet's way: frame -> layers -> messages -> owner -> event
    module("Dissection", uses: ["Bytes", "Events", .product(name: "Crypto", package: "swift-crypto")]),
    module(
      "Application",
      uses: [
        "Bytes", "Dissection", "Events", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    module("Correlation", uses: ["Bytes", "Dissection", "Events"]),
    module("Cases", uses: ["Bytes", "Events"]),
    module(
      "Rules",
      uses: ["Events", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Yams", package: "Yams")],
      resources: [.embedInCode("Packs")]),
    module("Recording", uses: ["Bytes", "Events", "Files", "Time"]),

    // MARK: The doors: the kernel, the interfaces, other programs
    module("Capture", uses: ["Bytes", "CPcap", "Events", "Files"]),
    module("History", uses: ["CSQLite", "Files", "HostVM", "IR"]),
    module("Kernel", uses: ["BPFCode", "BTF", "Bytes", "CBPF", "Events", "IR", "Probes", "Time"]),
    module("Symbols", uses: ["Bytes", "Events", "Files"]),
    module("Processes", uses: ["CPtrace", "Events", "Files", .product(name: "Crypto", package: "swift-crypto")]),

    // MARK: The answers
    module("Answers", uses: ["Bytes", "Events", "IR", "Time"]),
    module(
      "Session",
      uses: [
        "Answers", "Application", "BPFCode", "BTF", "Bytes", "Capture", "Cases", "Correlation", "DSemantics", "DSyntax",
        "Dissection", "Events", "Files", "History", "HostVM", "IR", "Kernel", "Probes", "Processes", "Questions",
        "Recording",
        "Rules", "Source",
        "Symbols",
        "Time",
      ]),
    module(
      "Reports",
      uses: [
        "Answers", "Bytes", "Cases", "Dissection", "Events", "Rules", "Source", "Time",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .executableTarget(
      name: "culprit",
      dependencies: [
        "CMalloc",
        "Cases", "Correlation", "DSemantics", "Delivery", "Dissection", "Events", "Files", "History", "Recording",
        "Reports",
        "Rules",
        "Serving", "Session",
        "Source", "Time",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),

    // MARK: Suspects and innocents, for the tests to try
    .target(name: "Endpoint", path: "Tests/Suspects/Endpoint"),
    suspect("srg"),
    suspect("transmitter"),
    suspect("listener"),
    suspect("idle"),
    suspect("control"),
    suspect("collector"),
    suspect("unread"),

    // MARK: What is checked
    .target(name: "Support", dependencies: ["Bytes", "IR"], path: "Tests/Support", swiftSettings: house),
    .target(
      name: "EngineBench", dependencies: ["BPFCode", "BTF", "Bytes", "IR", "Kernel", "Session"],
      path: "Tests/EngineBench",
      swiftSettings: house),
    tests("BPFCodeTests", uses: ["BPFCode", "BTF", "Bytes", "EngineBench", "IR", "Kernel", "Support"]),
    tests("BTFTests", uses: ["BTF", "CBPF", "Kernel", "Probes"]),
    tests("CaptureTests", uses: ["Bytes", "Capture", "Events"]),
    tests("KernelTests", uses: ["BPFCode", "BTF", "Bytes", "Events", "Kernel", "Time"]),
    tests("LabTests", uses: ["Support", "collector", "control", "idle", "listener", "srg", "transmitter"]),
    tests(
      "ListingTests", uses: ["Support", "collector", "control", "culprit", "srg"], resources: [.copy("Listings")]),
    tests(
      "AttributionTests",
      uses: ["Bytes", "Dissection", "Events", "Recording", "Support", "collector", "control", "culprit", "srg"]),
    tests(
      "ObserveTests",
      uses: ["CaptureFiles", "Dissection", "Events", "Support", "control", "culprit", "idle", "listener"]),
    tests("ServingTests", uses: ["Serving", "Support", "control", "culprit"]),
    tests("HistoryTests", uses: ["Files", "History", "IR", "Support"]),
    tests(
      "DeliveryTests",
      uses: ["Delivery", "Files", "Support", "culprit", .product(name: "Crypto", package: "swift-crypto")]),
    tests("ReportsTests", uses: ["Events", "Reports"]),
    tests(
      "RulesTests",
      uses: [
        "Events", "Processes", "Rules", "Support", "collector", "control", "culprit", "listener", "srg", "transmitter",
      ]),
    tests("RecordingTests", uses: ["Bytes", "Events", "Files", "Recording"]),
    tests("TraceTests", uses: ["Support", "collector", "control", "culprit", "listener", "srg", "unread"]),
    tests("AnswersTests", uses: ["Answers", "Bytes", "Events", "IR"]),
    tests("SymbolsTests", uses: ["Bytes", "Events", "Files", "Symbols"]),
    tests("DSyntaxTests", uses: ["DSyntax", "Source"], resources: [.copy("Corpus")]),
    tests(
      "DSemanticsTests", uses: ["CompilerTrials", "DSemantics", "DSyntax", "IR", "Probes", "Source", "Support"],
      resources: [.copy("Corpus")]),
    tests("IRTests", uses: ["IR", "Support"]),
    .target(
      name: "EngineTrials",
      dependencies: [
        "Answers", "BPFCode", "BTF", "Bytes", "DSemantics", "DSyntax", "EngineBench", "HostVM", "IR", "Kernel",
        "Probes",
        "Session", "Source", "Support",
      ], path: "Tests/EngineTrials", swiftSettings: house),
    tests("ConformanceTests", uses: ["DSemantics", "EngineBench", "EngineTrials", "HostVM", "IR", "Support"]),
    .target(
      name: "CompilerTrials",
      dependencies: ["BPFCode", "DSemantics", "DSyntax", "HostVM", "IR", "Probes", "Source", "Support"],
      path: "Tests/CompilerTrials", swiftSettings: house),
    .target(
      name: "RecordingTrials", dependencies: ["Bytes", "Cases", "Events", "Recording", "Session", "Support"],
      path: "Tests/RecordingTrials", swiftSettings: house),
    .executableTarget(
      name: "Fuzz",
      dependencies: ["CompilerTrials", "DSemantics", "EngineBench", "EngineTrials", "RecordingTrials", "Support"],
      path: "Tests/Fuzz", swiftSettings: house),
    tests("HostVMTests", uses: ["Bytes", "HostVM", "IR", "Support"]),
    .target(name: "CaptureFiles", dependencies: ["Events"], path: "Tests/CaptureFiles", swiftSettings: house),
    tests(
      "CaseLiveTests",
      uses: ["Support", "collector", "control", "culprit", "idle", "listener", "srg", "transmitter"]),
    tests("CasesTests", uses: ["Bytes", "Cases", "Events", "Reports", "Support"]),
    tests("CorrelationTests", uses: ["CaptureFiles", "Correlation", "Dissection", "Events"]),
    tests(
      "SessionTests",
      uses: [
        "BPFCode", "Bytes", "Capture", "CaptureFiles", "Dissection", "DSemantics", "Events", "IR", "Kernel",
        "Recording", "RecordingTrials", "Session",
        "Source",
        "Support", "collector", "control", "culprit", "srg",
      ]),
    tests("ApplicationTests", uses: ["Application", "Bytes", "CaptureFiles", "Correlation", "Dissection", "Events"]),
    tests("DissectionTests", uses: ["Bytes", "CaptureFiles", "Dissection", "Events"]),

    // MARK: What is measured
    .target(
      name: "SampleTraffic",
      dependencies: [
        "Bytes", "Events", "Files", "Recording", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ], path: "Tests/SampleTraffic", swiftSettings: house),
    .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    tests(
      "AllocationTests",
      uses: [
        "AllocationCount", "Bytes", "Correlation", "Dissection", "Events", "Recording", "SampleTraffic", "Session",
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "AllocationCount", "Application", "BPFCode", "BTF", "Correlation", "DSemantics", "DSyntax", "Dissection",
        "Events", "Files",
        "HostVM", "IR", "Kernel", "Probes", "SampleTraffic", "Session", "Source", "culprit",
      ], path: "Tests/Benchmarks", swiftSettings: house),
  ]
)
