extension TypeGraph {
  /// The names of the kernel's iterators: `bpf_iter_NAME` with a context `struct bpf_iter__NAME`.
  package var iteratorNames: [String] {
    all(.structure, prefix: "bpf_iter__").map { String($0.name.dropFirst("bpf_iter__".count)) }
      .filter { function(named: "bpf_iter_" + $0) != nil }
  }
}
