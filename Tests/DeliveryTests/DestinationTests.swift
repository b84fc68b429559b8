import Delivery
import Files
import Testing

/// Where messages can go, as people write it.
struct DestinationTests {
  private static let places: [(String, Destination, String)] = [
    ("-", .standardOutput, "standard output"),
    ("/var/log/found.ndjson", .file("/var/log/found.ndjson"), "/var/log/found.ndjson"),
    ("syslog", .file("syslog"), "syslog"),
    ("unix:/run/vector.sock", .stream(.unix("/run/vector.sock")), "unix:/run/vector.sock"),
    ("unix:@vector", .stream(.unix("@vector")), "unix:@vector"),
    ("syslog:", .syslog(.unix("/dev/log"), .datagramsOrLines), "syslog:/dev/log"),
    ("syslog:/run/log", .syslog(.unix("/run/log"), .datagramsOrLines), "syslog:/run/log"),
    (
      "syslog:udp:127.0.0.1:5514", .syslog(.internet([127, 0, 0, 1], port: 5514), .datagrams),
      "syslog:udp:127.0.0.1:5514"
    ),
    ("syslog:udp:192.0.2.7", .syslog(.internet([192, 0, 2, 7], port: 514), .datagrams), "syslog:udp:192.0.2.7:514"),
    (
      "syslog:tcp:[::1]:601", .syslog(.internet([UInt8](repeating: 0, count: 15) + [1], port: 601), .counted),
      "syslog:tcp:[::1]:601"
    ),
  ]

  @Test(arguments: places) func `a place is read, and named as it is written`(
    text: String, place: Destination, name: String
  ) throws {
    let read = try Destination(text)
    #expect(read == place && "\(read)" == name)
  }

  @Test(arguments: [
    "", "unix:", "unix:run/x", "unix:/" + String(repeating: "x", count: 108), "syslog:run", "syslog:udp:localhost:514",
    "syslog:udp:127.0.0.1:0", "syslog:udp:127.0.0.1:65536", "syslog:tcp:::1:514", "syslog:tcp:[::1]514", "syslog:tcp:",
    "syslog:tcp:127.0.0.1:",
  ]) func `what is no place is refused in one line`(text: String) {
    let problem = #expect(throws: Destination.Problem.self) { _ = try Destination(text) }
    #expect(problem?.description.contains("\n") == false)
  }
}
