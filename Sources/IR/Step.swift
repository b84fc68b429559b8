/// A virtual register: a 64-bit integer. Pointers are integers too. Numbered densely from 0 in each clause.
package struct Register: Sendable, Hashable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
}

/// A virtual text register: a NUL-bounded string. Its capacity in bytes, the NUL included, is in `Clause.texts`.
package struct TextRegister: Sendable, Hashable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
}

/// A value that a variable, a key or a record field is made from.
package enum Operand: Sendable, Hashable {
  case integer(Register)
  case text(TextRegister)
}

/// How many bytes of memory.
package enum Width: UInt8, Sendable, Hashable, CaseIterable {
  case byte = 1
  case half = 2
  case word = 4
  case double = 8
}

package enum BinaryOperator: Sendable, Hashable, CaseIterable {
  case add, subtract, multiply
  /// Division and remainder fault with `.divideByZero`. Signed ones truncate toward zero; the smallest number over -1 wraps.
  case divideSigned, divideUnsigned, remainderSigned, remainderUnsigned
  case and, or, xor
  /// Shifts take the count modulo 64.
  case shiftLeft, shiftRightSigned, shiftRightUnsigned
}

package enum Comparison: Sendable, Hashable, CaseIterable {
  case equal, notEqual
  case lessSigned, lessEqualSigned, greaterSigned, greaterEqualSigned
  case lessUnsigned, lessEqualUnsigned, greaterUnsigned, greaterEqualUnsigned
}

/// Which memory an address is in.
package enum Space: Sendable, Hashable {
  /// The kernel's, or this program's own scratch memory (addresses with `Scratch.tag`): what a D pointer may hold.
  case kernel
  /// The current process's.
  case user
  /// As `kernel`, but what cannot be read is zero: a probe's own arguments never fault.
  case kernelOrZero
  /// As `user`, but what cannot be read is zero or empty.
  case userOrEmpty
  /// As `kernelOrZero`, at an address whose type the verifier knows: a BTF tracepoint's argument, or a pointer member read
  /// from one by such a load, unchanged since. Costs one instruction.
  case typed
}

/// One step of a clause. A value, so that a pass is a function from steps to steps.
///
/// All arithmetic is on 64 bits and wraps; narrower D types are kept by `extend` after each operation that can leave them.
/// The destination comes first. A step that can fault says so; a fault ends the clause and discards its record.
package enum Step: Sendable, Hashable {
  // MARK: Integers
  case constant(Register, Int64)
  case copy(Register, Register)
  case binary(BinaryOperator, Register, Register, Register)
  case negate(Register, Register)
  case complement(Register, Register)
  /// 1 when the comparison holds, else 0.
  case compare(Comparison, Register, Register, Register)
  /// The low bytes of the value, sign- or zero-extended to 64 bits.
  case extend(Register, Register, Width, signed: Bool)

  // MARK: Inputs
  /// What the engine knows of the moment and of the task.
  case builtin(Register, Builtin)
  case textBuiltin(TextRegister, TextBuiltin)
  /// A name of the probe that fired, as the index of its symbol in `Program.symbols`.
  case probeSymbol(Register, ProbePart)
  /// A 64-bit word of the hook's own context (`ctx[word]` of a raw or BTF tracepoint).
  case context(Register, word: Int)
  /// An input of a probe whose arguments were captured before: a packet's field, or a value that a feeder brought.
  case fed(Register, slot: Int)
  case textFed(TextRegister, slot: Int)

  // MARK: Memory
  /// Reads `width` bytes at `address + offset`. Faults with `.badAddress`.
  case load(Register, address: Register, offset: Int, Width, signed: Bool, Space)
  /// Writes to scratch memory. Faults with `.badAddress` when the address is not scratch.
  case store(address: Register, offset: Int, Register, Width)
  /// `size` zeroed bytes of scratch, valid until the firing ends. Faults with `.noScratch`.
  case allocate(Register, size: Register)
  /// `size` bytes from `address` to scratch at `to`. Faults with `.badAddress`.
  case copyBytes(to: Register, from: Register, size: Register, Space)

  /// The kernel's cookie of the socket whose `struct sock` is at an address that the verifier knows the type of
  /// (`bpf_get_socket_cookie`); made now if it had none.
  case socketCookie(Register, socket: Register)

  // MARK: Text
  case text(TextRegister, constant: String)
  case copyText(TextRegister, TextRegister)
  /// The string at `address`, at most `limit` bytes of it when given. Faults with `.badAddress`.
  case loadText(TextRegister, address: Register, limit: Register?, Space)
  /// Compares as strcmp does, up to the first NUL.
  case compareText(Comparison, Register, TextRegister, TextRegister)
  /// The text of a symbol index in `Program.symbols`.
  case symbolText(TextRegister, Register)
  /// A copy of the text in scratch, for a D string that is used as a pointer.
  case addressOfText(Register, TextRegister)
  /// A function of texts and integers whose meaning is the same in both engines.
  case call(Operand, Function, [Operand])

  // MARK: Variables
  case loadVariable(Operand, Variable.ID)
  case storeVariable(Variable.ID, Operand)
  /// The element's value, or zero (the empty string) when there is none.
  case lookUp(Operand, AssociativeArray.ID, key: [Operand])
  /// Sets the element; counts a dynamic variable drop when there is no room.
  case assign(AssociativeArray.ID, key: [Operand], Operand)
  case remove(AssociativeArray.ID, key: [Operand])
  /// Adds one datum. `value` is nil for count(); `increment` weighs quantize-like functions.
  case aggregate(Aggregation.ID, key: [Operand], value: Register?, increment: Register?)

  // MARK: The record
  /// Marks the item as having happened in this firing; its fields hold what was recorded.
  case happened(item: Int)
  case record(item: Int, field: Int, Operand)
  /// `size` bytes at `address`, at most the field's; the rest is zero. Faults with `.badAddress`.
  case recordBytes(item: Int, field: Int, address: Register, size: Register, Space)
  /// The stack of the moment, innermost frame first; unused frames are zero. The field says whose and how deep.
  case recordStack(item: Int, field: Int)
}

/// How a block ends. Jumps go forward only: every clause ends.
package enum Terminator: Sendable, Hashable {
  case jump(Int)
  case branch(Register, then: Int, otherwise: Int)
  /// The clause is done and its record, if it has one, goes out.
  case commit
  /// The clause is done and its record is discarded: the predicate did not hold.
  case discard
}

/// Straight-line steps and where they lead.
package struct Block: Sendable, Hashable {
  package var steps: [Step]
  package var end: Terminator
  /// For each step, the index in `Clause.origins` of the D text it came from; empty or as long as `steps`.
  package var origins: [Int32]
  package init(steps: [Step] = [], end: Terminator = .commit, origins: [Int32] = []) {
    self.steps = steps
    self.end = end
    self.origins = origins
  }
}

/// Integer facts of the moment.
package enum Builtin: Sendable, Hashable, CaseIterable {
  case pid, tid, ppid, uid, gid, cpu
  /// Nanoseconds of CLOCK_MONOTONIC, taken once per firing.
  case timestamp
  /// Nanoseconds since 1970, taken once per firing.
  case walltimestamp
  /// Nanoseconds this thread has run, where the engine knows.
  case vtimestamp
  /// The negated result of a failed system call at its return, else 0.
  case errno
  case probeID, enabledProbeID
  case stackDepth, userStackDepth
  /// The program counter the profile probe interrupted, kernel and user side (one of them is 0).
  case kernelPC, userPC
  /// The address of the current `struct task_struct`.
  case currentTask
  /// When the current process started: `group_leader->start_boottime`.
  case processStart
  /// The inode number of the task's network namespace.
  case networkNamespace
}

package enum TextBuiltin: Sendable, Hashable, CaseIterable {
  /// `task->comm`: 16 bytes.
  case execname
  /// The arguments the process was started with, joined by blanks (`curpsinfo->pr_psargs`); 80 bytes as in DTrace.
  case psargs
  case currentDirectory
}

/// Parts of a probe's four-part name.
package enum ProbePart: UInt8, Sendable, Hashable, CaseIterable { case provider, module, function, name }

/// Pure functions over texts and integers.
package enum Function: Sendable, Hashable, CaseIterable {
  case strlen, strjoin, substr, strchr, strrchr, strstr, index, rindex, basename, dirname, lltostr, inetNtoa, inetNtoa6
  case htons, htonl, htonll, rand, tolower, toupper, strtoll
}

/// Scratch memory that D pointers may point into.
package enum Scratch {
  /// The high half of a scratch address: not canonical on x86-64 nor arm64, so never an address of anything else.
  package static let tag: UInt64 = 0xd5c4_0000_0000_0000
  package static let mask: UInt64 = 0xffff_0000_0000_0000
}
