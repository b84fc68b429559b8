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
  /// Division and remainder fault with `.divideByZero`. Signed ones truncate toward zero; the smallest number over -1
  /// wraps.
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
  /// The kernel's, or this program's own: scratch memory and variables of bytes (`OwnMemory`). What a D pointer may hold.
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

extension Space {
  /// Whose memory it is: `kernel` or `user`.
  package var owner: Space {
    switch self {
    case .kernel, .kernelOrZero, .typed: .kernel
    case .user, .userOrEmpty: .user
    }
  }

  /// Whether an address that cannot be read is a fault; else what is read there is zero, or empty.
  package var faults: Bool { self == owner }
}

/// One step of a clause. A value, so that a pass is a function from steps to steps.
///
/// All arithmetic is on 64 bits and wraps; narrower D types are kept by `extend` after each operation that can leave
/// them. The destination comes first. A step that can fault says so; a fault ends the clause and discards its record,
/// but what the clause had already done to variables and aggregations stays. Then the clauses bound to `Hook.error`
/// fire, in a firing of their own (own `this->` variables, own scratch memory) whose context words are DTrace's
/// arguments of ERROR:
///
///     0  zero
///     1  the id of the probe that faulted (`Builtin.probeID`)
///     2  the number of the clause that faulted (`Clause.number`)
///     3  the number of the step within its clause, steps of all blocks counted in order from 0
///     4  the fault (`Fault.rawValue`)
///     5  the offending address, for `.badAddress`: the one that the step names, without its offset; size or index, for `.badSize`
///        and `.badIndex`; else 0
///
/// A fault in such a clause ends that clause too, but fires nothing. The later clauses of the interrupted firing go on
/// afterwards.
///
/// Texts: a text register holds at most its capacity minus one bytes; whatever is longer is cut there. What follows the
/// first NUL does not belong to a text.
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
  /// A 64-bit word of the hook's own context (`ctx[word]` of a raw or BTF tracepoint); 0 where the hook has no such
  /// word.
  case context(Register, word: Int)
  /// An input of a probe whose arguments were captured before: a packet's field, or a value that a feeder brought; 0 or
  /// the empty text where nothing was brought.
  case fed(Register, slot: Int)
  case textFed(TextRegister, slot: Int)

  // MARK: Memory
  /// Reads `width` bytes at `address + offset` (which wraps), little-endian, aligned or not. Faults with `.badAddress`.
  /// Of scratch memory only what this firing has allocated may be read or written.
  case load(Register, address: Register, offset: Int, Width, signed: Bool, Space)
  /// Writes to this program's own memory. Faults with `.badAddress` when the address is in no such memory.
  case store(address: Register, offset: Int, Register, Width)
  /// `size` zeroed bytes of scratch, valid until the clause ends: each clause has `Limits.scratchSize`, rounded up to a
  /// multiple of 8, to itself, and each allocation takes a multiple of 8 bytes of it. Faults with `.noScratch`,
  /// also where `size` is huge or negative.
  case allocate(Register, size: Register)
  /// `size` bytes from `from` to this program's own memory at `to`, as memmove does; none when `size` is 0. Faults, having
  /// copied nothing: with `.badAddress` where `to` is not in that memory or `from` cannot be read, with `.badSize` where
  /// either range begins in the program's own memory and leaves it; the target is looked at first.
  case copyBytes(to: Register, from: Register, size: Register, Space)

  /// Where a global or clause-local variable of bytes lies (`OwnMemory`).
  case addressOfVariable(Register, Variable.ID)
  /// Writes a text with its NUL to this program's own memory, cut to `capacity` bytes and with zeros up to them. Faults with
  /// `.badAddress`, having written nothing.
  case storeText(address: Register, offset: Int, TextRegister, capacity: Int)
  /// Faults with `fault` and the second register's value when the first is zero.
  case faultUnless(Register, Fault, value: Register)

  /// The kernel's cookie of the socket whose `struct sock` is at an address that the verifier knows the type of
  /// (`bpf_get_socket_cookie`); made now if it had none.
  case socketCookie(Register, socket: Register)

  // MARK: Text
  /// A string of the program: any bytes but NUL.
  case text(TextRegister, constant: [UInt8])
  case copyText(TextRegister, TextRegister)
  /// D's NULL in place of a text: less than the empty text, equal only to itself; a function that is given it sees the empty
  /// text. In a key or a record it is a byte 0 and a byte 1, as far as there is room.
  case nullText(TextRegister)
  /// Faults with `.badAddress`, at address 0, where the text is NULL.
  case requireText(TextRegister)
  /// The string at `address`, at most `limit` bytes of it when given, the NUL included as in DTrace's copyinstr: the
  /// text is at most `limit - 1` bytes long (empty for 0 and 1; the limit is unsigned). Faults with `.badAddress` when
  /// memory ends before a NUL and before that (the program's own is followed by one: `stringof(copyin(address, size))`); a limit
  /// of 0 does not read at all and does not fault.
  case loadText(TextRegister, address: Register, limit: Register?, Space)
  /// `size` bytes at `address` as a text, or as many as it has room for: where a byte is NUL, the low byte of `filler` stands instead (a
  /// filler of 0 ends the text there). The size is unsigned. Faults with `.badAddress` when not all of the bytes can be read.
  case loadFilled(TextRegister, address: Register, size: Register, filler: Register, Space)
  /// Compares as strcmp does, up to the first NUL, byte by byte, unsigned; signed and unsigned comparisons are the same
  /// here.
  case compareText(Comparison, Register, TextRegister, TextRegister)
  /// The text of a symbol index in `Program.symbols`; empty where there is no such symbol.
  case symbolText(TextRegister, Register)
  /// A copy of the text in scratch, for a D string that is used as a pointer: allocates the register's capacity, zero
  /// bytes after the text. Faults with `.noScratch`. NULL is at address 0.
  case addressOfText(Register, TextRegister)
  /// A function of texts and integers whose meaning is the same in both engines.
  case call(Operand, Function, [Operand])

  // MARK: Variables
  // An integer kept in a variable, an array or a key narrower than 8 bytes loses its high bytes when it is kept and is
  // extended by the storage's sign when it is read or compared. What is unset reads as 0; of texts, globals
  // and clause-locals read as the empty text, a thread's as NULL.
  case loadVariable(Operand, Variable.ID)
  case storeVariable(Variable.ID, Operand)
  /// The element's value, or zero (NULL) when there is none.
  case lookUp(Operand, AssociativeArray.ID, key: [Operand])
  /// Sets the element; counts a dynamic variable drop when there is no room for a new one. An integer 0 (after it lost
  /// its high bytes) removes the element instead, as in DTrace; so does NULL.
  case assign(AssociativeArray.ID, key: [Operand], Operand)
  case remove(AssociativeArray.ID, key: [Operand])
  // Aggregates kept by value: structures, unions, arrays. `block` is a clause-local variable of bytes, at least as large as
  // what is moved. Unset ones read as zeros.
  case lookUpBytes(block: Variable.ID, AssociativeArray.ID, key: [Operand])
  /// Sets the element, also to zeros; counts a dynamic variable drop when there is no room for a new one.
  case assignBytes(AssociativeArray.ID, key: [Operand], block: Variable.ID)
  /// The same of a thread's variable of bytes.
  case loadBytes(block: Variable.ID, Variable.ID)
  case storeBytes(Variable.ID, block: Variable.ID)
  /// Adds one datum. `value` is nil for count(); `increment` weighs quantize-like functions, 1 when nil. Counts an
  /// aggregation drop when there is no room for a new key.
  case aggregate(Aggregation.ID, key: [Operand], value: Register?, increment: Register?)

  /// The stack of the moment into a clause-local variable of bytes, innermost frame first, 8 bytes each, unused ones zero; of the
  /// process's stack the process's id in 8 bytes before them.
  case loadStack(block: Variable.ID, frames: Int, user: Bool)

  // MARK: Speculations
  /// The number of a free speculation, from 1, which is in use from now on; or 0, with a drop counted, when all are in use.
  case speculation(Register)
  /// What the clause records from here on belongs to the speculation of that number. The first register is its ticket, which
  /// the record carries: the number in the low 16 bits, above it how many times the number was given. It is 0 where the
  /// number is of no speculation in use, one that was committed or discarded, or one that `size` more bytes do not fit:
  /// then a drop is counted.
  case speculate(ticket: Register, number: Register, size: Int)
  /// Commits or discards a speculation: nothing more belongs to it. The ticket is 0 when none of that number was in use.
  /// The host frees the number when it has done so with the records. Faults with `.illegalOperation` when the number, as
  /// an unsigned one, is above `Limits.speculations`.
  case conclude(ticket: Register, number: Register, commits: Bool)

  // MARK: The process
  /// Sends a signal to the current process. Where the process is not to be reached, as in the host, nothing happens.
  case signal(Register)
  /// Goes on after so many nanoseconds, for which the CPU does nothing else; where nobody waits, at once.
  case chill(Register)

  // MARK: The record
  /// Marks the item as having happened in this firing; its fields hold what was recorded.
  case happened(item: Int)
  case record(item: Int, field: Int, Operand)
  /// `size` bytes at `address`, at most the field's; the rest is zero. Faults with `.badAddress`.
  case recordBytes(item: Int, field: Int, address: Register, size: Register, Space)
  /// The stack of the moment, innermost frame first; unused frames are zero. The field says whose and how deep. Where
  /// the engine knows no stack, all frames are zero (the process's id is still there).
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
  /// `EnabledProbe.id` of the probe that fired; and a number from 1 of the pair of probe and clause: the probe's index
  /// times the count of the program's clauses, plus the clause's index, plus 1.
  case probeID, enabledProbeID
  case stackDepth, userStackDepth
  /// The program counter the profile probe interrupted, kernel and user side (one of them is 0).
  case kernelPC, userPC
  /// The program counter that the user function now running returns to; 0 where its stack is not known.
  case userCaller
  /// Where the hook's context lies in the kernel's memory: a trace event's record.
  case context
  /// The address of the current `struct task_struct`.
  case currentTask
  /// When the current process started: `group_leader->start_boottime`.
  case processStart
  /// The inode number of the task's network namespace.
  case networkNamespace
  /// The address of the registers that the current thread entered the kernel with (`struct pt_regs`).
  case userRegisters
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

/// Functions over texts and integers, pure but for `rand` and those of a history. `Function.signature` says what each takes. Integers are
/// 64-bit and signed.
package enum Function: Sendable, Hashable, CaseIterable {
  /// Bytes before the NUL.
  case strlen
  /// One text after the other.
  case strjoin
  /// (text, start[, count]): a negative start counts from the end; a start before the beginning uses the count up on
  /// the way; a negative count leaves that many bytes out at the end; without a count, all the rest, from the beginning
  /// where the start is before it.
  case substr
  /// (text, byte): the rest of the text from the first or last such byte (the low byte of the integer; 0 finds the
  /// end): the offset, or -1, into an integer register, the rest, or NULL, into a text register.
  case strchr, strrchr
  /// (text, wanted): as `strchr`, for the first place where `wanted` stands; an empty one stands at 0.
  case strstr
  /// (text, wanted[, from]): the offset of the first place at or after `from` (from 0 when negative), or of the last at
  /// or before it, or -1. As Perl has it, an empty `wanted` is found: by `index` at `from` but at most at the end, by
  /// `rindex` at `from` but at most at the end and at least at 0.
  case index, rindex
  /// As basename(1) and dirname(1): trailing slashes do not count; of "" and of no directory "."; of slashes alone "/".
  case basename, dirname
  /// A path without empty and `.` components and without `..` and the component before it; `..` stays where a relative path begins
  /// with it. Of what comes to nothing `/` or `.` is left, of the empty text nothing.
  case cleanpath
  /// (text, set): how many bytes at the beginning are all in the set, or all not in it (strspn and strcspn).
  case span, spanNot
  /// (integer[, base]): in base 10 signed; in others unsigned, with a leading `0` in base 8 and `0x` in base 16. A base
  /// outside of 2...36 faults with `.illegalOperation`.
  case lltostr
  /// (word): the four bytes of a `struct in_addr` as a load brought them (little-endian: the first byte is the low
  /// one), dotted decimal.
  case inetNtoa
  /// (first, second[, strict]): the sixteen bytes of a `struct in6_addr` as two loads of 8 brought them: lower-case hexadecimal,
  /// the first longest run of two or more zero groups shortened to `::`; an IPv4-mapped (`::ffff:a.b.c.d`) or
  /// IPv4-compatible address (all but the last 4 bytes zero, except `::` and `::1`) as its IPv4 address alone, as
  /// DTrace does, or where `strict` is not zero behind `::ffff:` and `::`.
  case inetNtoa6
  /// (count, first, second, third): that many bytes (at most 24) of the words, two lower-case digits each, colons between.
  case linkNtop
  /// (address): the path of the kernel's `struct path` there, as the running process sees it from its root; empty where it cannot be read,
  /// and in an engine that has no kernel.
  case path
  /// The low 2, 4 or 8 bytes turned round, the rest zero.
  case htons, htonl, htonll
  /// 32 random bits, zero-extended.
  case rand
  /// ASCII letters only.
  case tolower, toupper
  /// (text[, base]): blanks and tabs, a sign, in base 16 `0x` before a digit, then digits as far as they go; wraps; 0
  /// without a digit. A base outside of 2...36 faults with `.illegalOperation`.
  case strtoll
  /// (text, path): the value in a JSON text that the path leads to, as the text has it, of a string without its quotes; NULL where there is
  /// none, or the text is not JSON as far as that. The path's steps are keys and indices: `a.b[0]`.
  case json
  // What only the host has, and there only a rule (`Function.isOfRules`); a program in the kernel cannot call it.
  /// (): the path of the process's executable, as it was told; where it was not, its command.
  case executable
  /// (key, value): has the history know of the value at this moment: the sum of the key's values in this hour.
  case remember
  /// (key, recollection, period): what the history says of a key (`Recollection.number`), of the last `period` nanoseconds.
  case recall
}
