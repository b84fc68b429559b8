import Bytes
import DSemantics

/// `-G`: the object file that is linked with programs that use the header. Nothing needs to be in it; what wrote it stands in its section
/// `.SUNW_dof`, which no program loads. With `-x linktype=dof` that section's content alone.
package func providerObject(_ request: TraceRequest) throws(TraceProblem) -> [UInt8] {
  _ = try declaredProviders(request)
  let dof = describingFile(comment: request.options.strips ? nil : "Culprit, D 2.0")
  return request.options.linkType == .dof ? dof : objectFile(holding: dof)
}

/// A file of DTrace's own object format without programs or probes (illumos, <sys/dtrace.h>, "DTrace Object Format"): its header, and if
/// there is a comment one section with it.
private func describingFile(comment: String?) -> [UInt8] {
  let (headerSize, sectionSize) = (64, 32)
  let text = comment.map { Array(($0 + "\0").utf8) }
  let sections = text == nil ? 0 : 1
  let loaded = headerSize + sections * sectionSize
  var file = ByteWriter()
  // The magic number, LP64, little-endian, version 2, and of the virtual machine its version and its registers.
  file.append([0x7f, UInt8(ascii: "D"), UInt8(ascii: "O"), UInt8(ascii: "F"), 2, 1, 2, 2, 8, 8])
  file.append([UInt8](repeating: 0, count: 6))
  for word in [0, headerSize, sectionSize, sections] { file.littleEndian(UInt32(word)) }
  for word in [headerSize, loaded, loaded + (text?.count ?? 0), 0] { file.littleEndian(UInt64(word)) }
  if let text {
    // DOF_SECT_COMMENTS, aligned to a byte, which is not loaded and no table.
    for word: UInt32 in [1, 1, 0, 0] { file.littleEndian(word) }
    for word in [loaded, text.count] { file.littleEndian(UInt64(word)) }
    file.append(text)
  }
  return file.bytes
}

/// A relocatable ELF64 file (System V gABI, chapter 4) that says that the stack need not be executable, and holds `dof` for those who
/// read the file.
private func objectFile(holding dof: [UInt8]) -> [UInt8] {
  let names = Array("\0.shstrtab\0.note.GNU-stack\0.SUNW_dof\0".utf8)
  var file = ByteWriter()
  file.append(
    [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F"), 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8))
  #if arch(arm64)
    let machine: UInt16 = 183
  #else
    let machine: UInt16 = 62
  #endif
  let namesPlace = 64
  let dofPlace = (namesPlace + names.count + 7) / 8 * 8
  let headersPlace = (dofPlace + dof.count + 7) / 8 * 8
  // ET_REL, the machine, EV_CURRENT; no entry, no program headers.
  file.littleEndian(UInt16(1))
  file.littleEndian(machine)
  file.littleEndian(UInt32(1))
  file.littleEndian(UInt64(0))
  file.littleEndian(UInt64(0))
  file.littleEndian(UInt64(headersPlace))
  file.littleEndian(UInt32(0))
  for half: UInt16 in [64, 0, 0, 64, 4, 1] { file.littleEndian(half) }
  file.append(names + [UInt8](repeating: 0, count: dofPlace - namesPlace - names.count))
  file.append(dof + [UInt8](repeating: 0, count: headersPlace - dofPlace - dof.count))
  func section(name: UInt32, type: UInt32, offset: Int, size: Int) {
    file.littleEndian(name)
    file.littleEndian(type)
    for word in [0, 0, offset, size] { file.littleEndian(UInt64(word)) }
    file.littleEndian(UInt64(0))
    for word: UInt64 in [type == 0 ? 0 : 1, 0] { file.littleEndian(word) }
  }
  section(name: 0, type: 0, offset: 0, size: 0)
  // SHT_STRTAB, SHT_PROGBITS
  section(name: 1, type: 3, offset: namesPlace, size: names.count)
  section(name: 11, type: 1, offset: dofPlace, size: 0)
  section(name: 27, type: 1, offset: dofPlace, size: dof.count)
  return file.bytes
}
