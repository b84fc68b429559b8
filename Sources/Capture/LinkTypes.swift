import CPcap
import Events

// libpcap's DLT_ numbers are its own inside a program; files hold LINKTYPE_ numbers. On Linux they differ for these
// only (https://www.tcpdump.org/linktypes.html).

extension LinkType {
  init(dlt: CInt) { self.init(dlt == DLT_RAW ? 101 : UInt32(bitPattern: dlt)) }

  var dlt: CInt { self == .raw ? DLT_RAW : CInt(bitPattern: number) }
}
