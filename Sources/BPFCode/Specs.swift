package import IR

// What should be in the kernel, as values: programs, maps and how they refer to each other. Nothing here talks to a kernel;
// what depends on the running one (BTF ids, file descriptors) is filled in by `Kernel` when it loads.

/// One eBPF instruction word (`struct bpf_insn`, 8 bytes): opcode, destination and source register, offset, immediate.
package struct Instruction: Sendable, Hashable {
  /// Bits 0-7 opcode, 8-11 destination, 12-15 source, 16-31 offset, 32-63 immediate: the struct's bytes, little-endian.
  package var word: UInt64
  package init(word: UInt64) { self.word = word }
}

/// A map to be made.
package struct MapSpec: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case array, perCPUArray, hash, perCPUHash, lruHash, ringBuffer, taskStorage, stackTrace, socketStorage, programArray
    /// First in, first out: values without keys (kernel 4.20).
    case queue
  }
  package var name: String
  package var kind: Kind
  package var keySize: Int
  package var valueSize: Int
  package var maxEntries: Int
  /// As many entries for each possible processor: `maxEntries` is what one has.
  package var perProcessor = false
  /// BPF_F_* of the map (`BPF_F_NO_PREALLOC` is 1, `BPF_F_MMAPABLE` 1024, `BPF_F_RDONLY_PROG` 128).
  package var flags: UInt32
  /// Values to put in before any program runs: key bytes, value bytes.
  package var contents: [Entry]
  /// Frozen after it is filled, so that the verifier may read it as constants.
  package var frozen: Bool
  package struct Entry: Sendable, Hashable {
    package var key: [UInt8]
    package var value: [UInt8]
    package init(key: [UInt8], value: [UInt8]) {
      self.key = key
      self.value = value
    }
  }
  package init(
    name: String, kind: Kind, keySize: Int, valueSize: Int, maxEntries: Int, flags: UInt32 = 0,
    contents: [Entry] = [], frozen: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.keySize = keySize
    self.valueSize = valueSize
    self.maxEntries = maxEntries
    self.flags = flags
    self.contents = contents
    self.frozen = frozen
  }
}

/// A place in the code of processes, and what the program is told when it is there.
package struct CodePlace: Sendable, Hashable {
  package var place: UserPlace
  package var cookie: UInt64
}

/// A program to be loaded and attached.
package struct ProgramSpec: Sendable {
  /// What it is loaded as and what it hangs on.
  package enum Attachment: Sendable, Hashable {
    /// BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP: `tp_btf/NAME`.
    case tracepoint(String)
    /// BPF_PROG_TYPE_RAW_TRACEPOINT, never attached: run by BPF_PROG_TEST_RUN (BEGIN, END, ticks, tests).
    case called
    /// BPF_PROG_TYPE_PERF_EVENT on the software cpu-clock of every CPU, or of one.
    case cpuClock(period: UInt64, everyCPU: Bool = true)
    /// BPF_PROG_TYPE_PERF_EVENT on what is counted on each CPU.
    case counter(Counter)
    /// BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER: `iter/NAME`.
    case iterator(String)
    /// BPF_PROG_TYPE_KPROBE, BPF_TRACE_UPROBE_MULTI, at places of processes' code or at the returns of the functions there.
    case userCode(isReturn: Bool, places: [CodePlace])
    /// BPF_PROG_TYPE_TRACEPOINT on tracefs' event GROUP/NAME.
    case traceEvent(group: String, name: String)
  }
  /// Where an instruction refers to a map: it is the first word of a 64-bit immediate load.
  package struct MapReference: Sendable, Hashable {
    package var instruction: Int
    /// Index in `ObjectSpec.maps`.
    package var map: Int
    /// Nil for the map itself; else the address of its (single) value plus this offset.
    package var valueOffset: Int?
    package init(instruction: Int, map: Int, valueOffset: Int? = nil) {
      self.instruction = instruction
      self.map = map
      self.valueOffset = valueOffset
    }
  }
  package var name: String
  package var attachment: Attachment
  package var instructions: [Instruction]
  package var mapReferences: [MapReference]
  /// For each instruction the range of D text it came from, as byte offsets; nil for what the emitter added itself.
  package var origins: [Range<Int>?]
  /// Whether it is reached by a tail call alone, from a program of the same attachment, and so is not attached itself.
  package var isContinuation: Bool
  package init(
    name: String, attachment: Attachment, instructions: [Instruction], mapReferences: [MapReference] = [],
    origins: [Range<Int>?] = [], isContinuation: Bool = false
  ) {
    self.isContinuation = isContinuation
    self.name = name
    self.attachment = attachment
    self.instructions = instructions
    self.mapReferences = mapReferences
    self.origins = origins
  }
}

/// Programs and the maps they share.
package struct ObjectSpec: Sendable {
  package var maps: [MapSpec]
  package var programs: [ProgramSpec]
  package init(maps: [MapSpec] = [], programs: [ProgramSpec] = []) {
    self.maps = maps
    self.programs = programs
  }
}
