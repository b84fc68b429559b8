package import BTF

/// Something that a kernel, or the privileges, may refuse.
package struct Feature: Sendable, Hashable {
  /// How much depends on it.
  package enum Weight: Sendable, Hashable {
    /// Nothing can be traced live without it.
    case needed
    /// Some answers are missing or weaker without it.
    case wanted
    /// Culprit is itself without it.
    case addition
  }
  /// Its name in the kernel's own words: `tp_btf`, `iter/task_file`.
  package var name: String
  /// What it serves; what is lost when it is refused.
  package var use: String
  package var weight: Weight
  /// Why it is refused, in one line; nil when it was tried and works.
  package var refusal: String?

  package var isAllowed: Bool { refusal == nil }
}

extension Feature {
  /// Tries everything that Culprit may use on this kernel with these privileges; takes some milliseconds. What is attached in
  /// trying hangs on functions that nobody calls, and goes at once.
  /// - Parameter types: the kernel's types, or why they are not there.
  package static func probe(_ types: Result<TypeGraph, KernelError>) -> [Feature] {
    let bench = FeatureBench(types)
    return FeatureTest.all.map { test in
      var feature = Feature(name: test.name, use: test.use, weight: test.weight)
      do throws(FeatureRefusal) {
        try test.attempt(bench)
      } catch {
        feature.refusal = error.reason
      }
      return feature
    }
  }
}

/// Why an attempt failed.
struct FeatureRefusal: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }

  init(_ error: KernelError) {
    switch error {
    case .verifier(let refusal): reason = refusal.complaint.map { "the verifier says: \($0)" } ?? refusal.error.text
    default: reason = error.text
    }
  }
}

/// One row of the table: what is tried, and what for.
struct FeatureTest: Sendable {
  var name: String
  var use: String
  var weight: Feature.Weight
  var attempt: @Sendable (FeatureBench) throws(FeatureRefusal) -> Void

  init(
    _ name: String, _ weight: Feature.Weight, _ use: String,
    _ attempt: @escaping @Sendable (FeatureBench) throws(FeatureRefusal) -> Void
  ) {
    self.name = name
    self.use = use
    self.weight = weight
    self.attempt = attempt
  }
}
