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
      let type = try #require(types.structure(named: place[0]), "struct \(place[0])")
      #expect(throws: Never.self, "\(place)") { try types.place(in: type, path: place[1]) }
    }
  }

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
