/// What is known about names while the text is being read: enough to tell `(pid_t) x` from `(x) - 1`.
///
/// DTrace asks the kernel's types for every name (libdtrace `dt_lex.l` id_or_type). Here a name is a type when the script
/// declares it, when D has it built in, when the caller knows it, or when it ends in `_t`; never when the script declares
/// or assigns a variable of that name before. What is left is decided by what stands after it.
struct Names {
  private var variables: Set<String> = []
  private var types: Set<String> = []
  private let isTypeName: @Sendable (String) -> Bool

  init(isTypeName: @escaping @Sendable (String) -> Bool) { self.isTypeName = isTypeName }

  mutating func declareVariable(_ name: String) { variables.insert(name) }
  mutating func declareType(_ name: String) { types.insert(name) }

  func isType(_ name: String) -> Bool {
    if variables.contains(name) { return false }
    return types.contains(name) || Self.builtIn.contains(name) || isTypeName(name) || name.hasSuffix("_t")
  }

  /// The names without `_t` that libdtrace or every Linux kernel defines (`dt_open.c`, `include/linux/types.h`).
  private static let builtIn: Set<String> = [
    "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32",
    "__s64", "__be16", "__be32", "__be64", "__le16", "__le32", "__le64", "__sum16", "__wsum", "bool", "uint", "ulong",
    "ushort", "uchar", "stack", "symaddr", "usymaddr", "_symaddr", "_usymaddr",
  ]
}
