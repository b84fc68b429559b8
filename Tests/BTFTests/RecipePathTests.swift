import BTF
import Kernel
import Probes
import Testing

/// A recipe that names what a structure does not have is zero without a word.
@Suite(.enabled(if: Running.present, "needs /sys/kernel/btf/vmlinux"))
struct RecipePathTests {
  @Test func `every member that the socket provider names is in the running kernel's types`() throws {
    let types = try TypeGraph.ofKernel()
    var recipes = socketInfo.members.map(\.recipe)
    for probe in socketProvider.probes {
      recipes += probe.arguments.map(\.recipe) + [probe.condition].compactMap(\.self)
    }
    var places: Set<[String]> = []
    for recipe in recipes { collect(recipe, &places) }
    #expect(places.contains(["sk_buff", "len"]))
    for place in places {
      // Where connection tracking is a module that is not loaded, nothing is translated.
      if types.structure(named: place[0]) == nil, place[0] == "nf_conn" { continue }
      // What one kernel has by one name and another by another is asked for by both.
      let other = Self.otherwise[place].map { [place[0], $0] } ?? place
      let type = try #require(types.structure(named: place[0]), "struct \(place[0])")
      if other != place, (try? types.place(in: type, path: other[1])) != nil, places.contains(other) { continue }
      #expect(throws: Never.self, "\(place)") { try types.place(in: type, path: place[1]) }
    }
  }

  /// Since Linux 6.13 a file's users are counted in `f_ref`.
  private static let otherwise = [
    ["file", "f_count.counter"]: "f_ref.refcnt.counter", ["file", "f_ref.refcnt.counter"]: "f_count.counter",
  ]

  private func collect(_ recipe: Recipe, _ places: inout Set<[String]>) {
    switch recipe {
    case .member(let base, let type, let path), .address(let base, let type, let path):
      places.insert([type, path])
      collect(base, &places)
    case .load(let base, _, _, _), .userLoad(let base, _, _, _), .kernelText(let base), .userText(let base),
      .socketCookie(let base):
      collect(base, &places)
    case .binary(_, let a, let b), .compare(_, let a, let b): for one in [a, b] { collect(one, &places) }
    case .choose(let a, let b, let c), .addressText(let a, let b, let c):
      for one in [a, b, c] { collect(one, &places) }
    case .constant, .word, .builtin, .fed, .translated, .text, .textFed: break
    }
  }
}
