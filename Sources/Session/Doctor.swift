import BTF
import Files
import Kernel

/// What this kernel and these privileges allow, each thing tried.
package struct Examination: Sendable {
  package enum Weight: Sendable { case needed, wanted, addition }

  package struct Feature: Sendable {
    package var name: String
    /// What it serves.
    package var use: String
    package var weight: Weight
    /// Why it is refused; nil when it works.
    package var refusal: String?
  }

  /// Name and release: `Linux 6.18.0`.
  package let kernel = "Linux " + (readText("/proc/sys/kernel/osrelease") ?? "of unknown release")
  package let features: [Feature]

  package init() {
    let types = Result { () throws(KernelError) in try TypeGraph.ofKernel() }
    features = Kernel.Feature.probe(types).map {
      Feature(name: $0.name, use: $0.use, weight: Weight($0.weight), refusal: $0.refusal)
    }
  }
}

extension Examination.Weight {
  fileprivate init(_ weight: Kernel.Feature.Weight) {
    switch weight {
    case .needed: self = .needed
    case .wanted: self = .wanted
    case .addition: self = .addition
    }
  }
}
