import IR

// BPF programs that are attached where they see what others send, and probes in the code of processes, by who does it.

/// What bpf(2) attaches, and what is loaded to be attached. `found` and what is attached by netlink come from the host's side.
///
///     load      BPF_PROG_LOAD returned; args[0] is the kind (enum bpf_prog_type: 3 and 4 are tc's, 6 is XDP's)
///     attach    BPF_LINK_CREATE or BPF_PROG_ATTACH returned, or a filter of tc or a program of XDP was attached by netlink
///     found     an XDP or tc program was there before the run; nobody's
///
/// args[0] of the last two is enum bpf_attach_type (37 XDP, 46 and 47 tcx, 54 and 55 netkit; 256 and 257 a filter of tc on what comes in
/// and what goes out). Then come the program's number and name, the interface's number and its name, which the host's side knows; of what
/// is attached to none they are 0 and empty.
package let bpfProvider = Provider(
  name: "bpf",
  probes: [
    Probe(
      name: "load", site: .syscall(number: bpfCall, entry: false),
      arguments: [Argument("type", "uint32_t", .attribute(0))] + program(.word(1)) + [
        Argument("interface", "uint32_t", .constant(0)), Argument("device", "string", noText),
      ],
      condition: .both(succeeded, .command(5))),
    Probe(
      name: "attach", site: .syscall(number: bpfCall, entry: false),
      arguments: [Argument("type", "uint32_t", .attribute(8))]
        + program(.choose(isLink, .attribute(0), .attribute(4))) + [
          Argument("interface", "uint32_t", .choose(isOfInterface, target, .constant(0))),
          Argument("device", "string", noText),
        ], condition: .both(succeeded, .either(isLink, .command(8)))),
    Probe(
      name: "found", site: .event("found"),
      arguments: [
        Argument("type", "uint32_t", .fed(slot: 0)), Argument("program", "uint32_t", .fed(slot: 1)),
        Argument("name", "string", .textFed(slot: 2)), Argument("interface", "uint32_t", .fed(slot: 3)),
        Argument("device", "string", .textFed(slot: 4)),
      ]),
  ])

/// Probes in the code of processes, when they are made.
///
///     attach    perf_event_open(2) of the uprobe unit, or BPF_LINK_CREATE of BPF_TRACE_UPROBE_MULTI returned; in recordings also what
///               `define` is. args: the file, the offset in it (the first where there are several), 1 when it fires at the
///               function's return, the process that it is limited to or -1, and the function, which the host's side looks up
///     define    a line was written to tracefs' uprobe_events; args[0] is what was written
///
/// - Parameter unit: the number that perf has for uprobes, from /sys/bus/event_source/devices/uprobe/type; nil where there is none.
package func uprobeProvider(unit: Int64?) -> Provider {
  Provider(
    name: "uprobe",
    probes: [
      Probe(
        name: "attach", site: .syscall(number: 298, entry: false),
        // `struct perf_event_attr`: type, config (bit 0: at the return), config1 the path, config2 the offset.
        arguments: probe(
          path: .userLoad(.register("di"), offset: 56, .double, signed: false),
          offset: .userLoad(.register("di"), offset: 64, .double, signed: false),
          isReturn: .binary(
            .and, .userLoad(.register("di"), offset: 8, .double, signed: false), .constant(1)),
          process: .register("si")),
        condition: .both(
          succeeded, .equal(.userLoad(.register("di"), offset: 0, .word, signed: false), unit ?? -1)),
        twins: [
          Probe(
            name: "", site: .syscall(number: bpfCall, entry: false),
            // `struct { … } uprobe_multi` of union bpf_attr: path, offsets, …, flags, pid.
            arguments: probe(
              path: .attribute(16, .double),
              offset: .userLoad(.attribute(24, .double), offset: 0, .double, signed: false),
              isReturn: .binary(.and, .attribute(52), .constant(1)),
              process: .choose(.attribute(56), .attribute(56), .constant(-1))),
            condition: .both(succeeded, .both(isLink, .equal(.attribute(8), 48))))
        ]),
      Probe(
        name: "define", site: .syscall(number: 1, entry: false),
        arguments: [Argument("definition", "string", .userText(.register("si")))],
        condition: .both(.compare(.greaterSigned, .word(1), .constant(0)), .both(mayDefine, isProbeFile))),
    ])
}

private let bpfCall = 321
private let succeeded = Recipe.compare(.greaterEqualSigned, .word(1), .constant(0))
private let noText = Recipe.kernelText(.constant(0))
/// BPF_LINK_CREATE; else it is BPF_PROG_ATTACH, in whose attributes the target comes first and the program second.
private let isLink = Recipe.command(28)
private let target = Recipe.choose(isLink, .attribute(4), .attribute(0))
private let isOfInterface = Recipe.either(
  .equal(.attribute(8), 37),
  .either(
    .either(.equal(.attribute(8), 46), .equal(.attribute(8), 47)),
    .either(.equal(.attribute(8), 54), .equal(.attribute(8), 55))))

/// A program by its descriptor in the running process.
private func program(_ descriptor: Recipe) -> [Argument] {
  let program = Recipe.load(
    .address(.file(descriptor), type: "file", path: "private_data"), offset: 0, .double, signed: false)
  let details = Recipe.load(.address(program, type: "bpf_prog", path: "aux"), offset: 0, .double, signed: false)
  return [
    Argument(
      "program", "uint32_t",
      .load(.address(details, type: "bpf_prog_aux", path: "id"), offset: 0, .word, signed: false)),
    Argument("name", "string", .kernelText(.address(details, type: "bpf_prog_aux", path: "name"))),
  ]
}

private func probe(path: Recipe, offset: Recipe, isReturn: Recipe, process: Recipe) -> [Argument] {
  [
    Argument("path", "string", .userText(path)), Argument("offset", "uint64_t", offset),
    Argument("at_return", "int", isReturn), Argument("process", "int", process),
    Argument("function", "string", noText),
  ]
}

/// Whether what is written may define a probe, by its first character: most writes are over with this one look. The kernel takes blanks,
/// comments and a probe's end before the `p` or `r`; others that are the same in the last six bits do no harm.
private let mayDefine = Recipe.binary(
  .and,
  .binary(
    .shiftRightUnsigned,
    .constant(
      "pr-# \t\n\u{b}\u{c}\r".utf8.reduce(0) { $0 | Int64(bitPattern: 1 << UInt64($1 & 63)) }),
    .binary(.and, .userLoad(.register("si"), offset: 0, .byte, signed: false), .constant(63))),
  .constant(1))

/// Whether what is written to is a file by the name of `uprobe_events`.
private let isProbeFile = Recipe.both(.equal(nameWord(0), word("uprobe_e")), .equal(nameWord(5), word("e_events")))

private func nameWord(_ offset: Int) -> Recipe {
  let entry = Recipe.load(
    .address(.file(.register("di")), type: "file", path: "f_path.dentry"), offset: 0, .double, signed: false)
  let name = Recipe.load(.address(entry, type: "dentry", path: "d_name.name"), offset: 0, .double, signed: false)
  return .load(name, offset: offset, .double, signed: false)
}

/// Eight characters as a number of the machine's own order, which is little-endian wherever eBPF programs of ours run.
private func word(_ characters: StaticString) -> Int64 {
  Int64(bitPattern: "\(characters)".utf8.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
}

extension Recipe {
  /// bpf(2)'s command is this.
  fileprivate static func command(_ number: Int64) -> Recipe {
    .equal(.binary(.and, .register("di"), .constant(0xffff_ffff)), number)
  }

  /// What lies at an offset of bpf(2)'s `union bpf_attr`.
  fileprivate static func attribute(_ offset: Int, _ width: Width = .word) -> Recipe {
    .userLoad(.register("si"), offset: offset, width, signed: false)
  }
}
