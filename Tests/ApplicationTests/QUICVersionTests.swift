import Application
import CaptureFiles
import Foundation
import Testing

/// Initial packets of versions that are in no RFC.
struct QUICVersionTests {
  private static let captures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../captures")

  @Test func `Google's own versions and reserved ones are read`() throws {
    let file = try #require(try CaptureFile(Self.captures.appending(path: "quic-versions.pcap")))
    var names: [String] = []
    var versions: [UInt32] = []
    for said in Said.all(in: file) {
      switch said.message {
      case .quicInitial(let packet): versions.append(packet.version)
      case .tlsClientHello(let hello): names.append(said.string(hello.serverName))
      default: break
      }
    }
    #expect(versions == [0x5430_3530, 0x5430_3531, 0x0a0a_0a0a])
    #expect(names == ["fonts.googleapis.com", "www.google.com", "71.202.41.169"])
  }
}
