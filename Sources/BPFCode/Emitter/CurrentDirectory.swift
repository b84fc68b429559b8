import IR

// `cwd`: the names from the directory up to the process's root, as the kernel's own d_path() gathers them (fs/d_path.c): where a
// directory is a mount's root, its name is that of the place the mount stands on.

extension HookEmitter {
  /// Names that are followed; what lies above is left out, and the path then begins without a slash.
  private static let levels = 24
  /// A position in the path, and a name's length, are below this.
  private static let room = 256

  mutating func currentDirectory(_ to: TextRegister) throws(EmitterError) { try path(to, at: nil) }

  /// The path of a `struct path` at an address; of the current directory where there is none.
  mutating func path(_ to: TextRegister, at pointer: Register?) throws(EmitterError) {
    let offsets = options.offsets
    let walk = DirectoryWalk(
      dentry: frame.scratch(8), mount: frame.scratch(8), rootDentry: frame.scratch(8), rootMount: frame.scratch(8),
      position: frame.scratch(8), parent: frame.scratch(8), path: frame.scratch(Self.room * 2))
    let done = code.makeLabel()
    let none = code.makeLabel()
    clearText(to)
    zero(walk.path, Self.room * 2)
    code.constant(.r0, Int64(Self.room - 1))
    save(.r0, at: walk.position)

    emit(.call(.getCurrentTask))
    emit(.arithmetic(.move, .r3, .register(.r0)))
    try readField(offsets.taskFs, "task_struct fs", .double)
    // A kernel thread that ends has none.
    code.jump(.equal, .r0, .immediate(0), to: none)
    save(.r0, at: walk.parent)
    for (offset, name, place) in [
      (offsets.fsPwdDentry, "fs_struct pwd.dentry", walk.dentry), (offsets.fsPwdMount, "fs_struct pwd.mnt", walk.mount),
      (offsets.fsRootDentry, "fs_struct root.dentry", walk.rootDentry),
      (offsets.fsRootMount, "fs_struct root.mnt", walk.rootMount),
    ].dropFirst(pointer == nil ? 0 : 2) {
      restore(.r3, from: walk.parent)
      try readField(offset, name, .double)
      save(.r0, at: place)
    }
    if let pointer {
      // `struct path` is the mount and the dentry (include/linux/path.h), in that order also within `pwd`.
      let apart =
        try known(offsets.fsPwdDentry, "fs_struct pwd.dentry") - known(offsets.fsPwdMount, "fs_struct pwd.mnt")
      for (offset, place) in [(0, walk.mount), (apart, walk.dentry)] {
        load(pointer, into: .r3)
        try readField(offset, "path", .double)
        code.jump(.equal, .r0, .immediate(0), to: none)
        save(.r0, at: place)
      }
    }
    for _ in 0..<Self.levels { try climb(walk, done) }
    code.place(done)

    // The root itself has no name.
    let named = code.makeLabel()
    restore(.r1, from: walk.position)
    code.jump(.notEqual, .r1, .immediate(Int32(Self.room - 1)), to: named)
    prependSlash(walk)
    code.place(named)
    restore(.r1, from: walk.position)
    emit(.arithmetic(.and, .r1, .immediate(Int32(Self.room - 1))))
    address(of: walk.path, into: .r3)
    emit(.arithmetic(.add, .r3, .register(.r1)))
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
    code.place(none)
  }

  /// One name, or one mount; on to `done` at the root.
  private mutating func climb(_ walk: DirectoryWalk, _ done: Assembler.Label) throws(EmitterError) {
    let offsets = options.offsets
    let (below, inside, next) = (code.makeLabel(), code.makeLabel(), code.makeLabel())
    restore(.r1, from: walk.dentry)
    restore(.r2, from: walk.rootDentry)
    code.jump(.notEqual, .r1, .register(.r2), to: below)
    restore(.r1, from: walk.mount)
    restore(.r2, from: walk.rootMount)
    code.jump(.equal, .r1, .register(.r2), to: done)
    code.place(below)

    // What a path points to lies within the mount.
    let vfs = try known(offsets.mountVfs, "mount mnt")
    restore(.r3, from: walk.mount)
    addConstant(.r3, -vfs, .r1)
    try readField(offsets.mountRoot, "mount mnt.mnt_root", .double)
    restore(.r1, from: walk.dentry)
    code.jump(.notEqual, .r0, .register(.r1), to: inside)
    restore(.r3, from: walk.mount)
    addConstant(.r3, -vfs, .r1)
    try readField(offsets.mountParent, "mount mnt_parent", .double)
    addConstant(.r0, vfs, .r1)
    restore(.r1, from: walk.mount)
    // The topmost mount stands on itself.
    code.jump(.equal, .r0, .register(.r1), to: done)
    save(.r0, at: walk.parent)
    restore(.r3, from: walk.mount)
    addConstant(.r3, -vfs, .r1)
    try readField(offsets.mountPoint, "mount mnt_mountpoint", .double)
    save(.r0, at: walk.dentry)
    restore(.r0, from: walk.parent)
    save(.r0, at: walk.mount)
    code.jump(to: next)

    code.place(inside)
    try prependName(walk, done)
    restore(.r3, from: walk.dentry)
    try readField(offsets.dentryParent, "dentry d_parent", .double)
    restore(.r1, from: walk.dentry)
    code.jump(.equal, .r0, .register(.r1), to: done)
    save(.r0, at: walk.dentry)
    code.place(next)
  }

  /// The directory's name and the slash before it; on to `done` when there is no room for it.
  private mutating func prependName(_ walk: DirectoryWalk, _ done: Assembler.Label) throws(EmitterError) {
    let offsets = options.offsets
    restore(.r3, from: walk.dentry)
    try readField(offsets.dentryNameLength, "dentry d_name.len", .word)
    restore(.r1, from: walk.position)
    // One more for the slash.
    code.jump(.greaterEqual, .r0, .register(.r1), to: done)
    emit(.arithmetic(.subtract, .r1, .register(.r0)))
    save(.r1, at: walk.position)
    emit(.arithmetic(.and, .r0, .immediate(Int32(Self.room - 1))))
    save(.r0, at: walk.parent)
    restore(.r3, from: walk.dentry)
    try readField(offsets.dentryName, "dentry d_name.name", .double)
    emit(.arithmetic(.move, .r3, .register(.r0)))
    restore(.r1, from: walk.position)
    emit(.arithmetic(.and, .r1, .immediate(Int32(Self.room - 1))))
    emit(.arithmetic(.move, .r2, .register(.r1)))
    address(of: walk.path, into: .r1)
    emit(.arithmetic(.add, .r1, .register(.r2)))
    restore(.r2, from: walk.parent)
    emit(.arithmetic(.and, .r2, .immediate(Int32(Self.room - 1))))
    emit(.call(.probeReadKernel))
    prependSlash(walk)
  }

  /// A slash before what is there.
  private mutating func prependSlash(_ walk: DirectoryWalk) {
    restore(.r1, from: walk.position)
    emit(.arithmetic(.subtract, .r1, .immediate(1)))
    save(.r1, at: walk.position)
    emit(.arithmetic(.and, .r1, .immediate(Int32(Self.room - 1))))
    address(of: walk.path, into: .r2)
    emit(.arithmetic(.add, .r2, .register(.r1)))
    emit(.store(.byte, at: .r2, offset: 0, .immediate(0x2f)))
  }

  private func known(_ offset: Int?, _ name: String) throws(EmitterError) -> Int {
    guard let offset else { throw .missingOffset(name, clause: plan.number, origin: code.origin) }
    return offset
  }
}

/// Where the way up stands: each a word in scratch memory, but for the path, which grows from its end.
private struct DirectoryWalk {
  let dentry: Place
  /// Of the `struct vfsmount`.
  let mount: Place
  let rootDentry: Place
  let rootMount: Place
  /// Where the path begins.
  let position: Place
  /// What is kept for a moment.
  let parent: Place
  let path: Place
}
