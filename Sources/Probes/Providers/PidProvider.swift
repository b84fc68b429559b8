package import IR

/// `pid123:MODULE:FUNCTION:entry|return|OFFSET`: the code of one process.
///
///     entry      the function's first instruction; arg0…arg5 in registers, arg6…arg9 on the stack (System V psABI, x86-64, 3.2.3)
///     return     the function has returned; arg1 is what it returned
///     OFFSET     the instruction that many bytes (hexadecimal) into the function
package func pidProbe(module: String, function: String, name: String, place: UserPlace) -> Probe {
  let isReturn = name == "return"
  return Probe(
    module: module, function: function, name: name, site: .userCode(place, isReturn: isReturn),
    arguments: isReturn
      ? [Argument("arg0", "uint64_t", .constant(0)), Argument("arg1", "uint64_t", .word(UserRegister.ax.rawValue))]
      : callArguments)
}

/// Where `struct pt_regs` of x86-64 has them, in words.
package enum UserRegister: Int, Sendable {
  case r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, original, ip, cs, flags, sp, ss
}

/// The arguments of a C function at its entry.
private let callArguments: [Argument] =
  [UserRegister.di, .si, .dx, .cx, .r8, .r9].enumerated().map { number, register in
    Argument("arg\(number)", "uint64_t", .word(register.rawValue))
  }
  + (0..<4).map { number in
    // Above the return address.
    Argument(
      "arg\(number + 6)", "uint64_t",
      .userLoad(.word(UserRegister.sp.rawValue), offset: 8 + number * 8, .double, signed: false))
  }
