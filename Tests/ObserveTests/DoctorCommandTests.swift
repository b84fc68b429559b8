import Foundation
import Support
import Testing

struct DoctorCommandTests {
  private func findings(_ run: [String]) throws -> (live: Bool, refusals: [String: String]) {
    let object = try #require(try JSONSerialization.jsonObject(with: Data(run.joined().utf8)) as? [String: Any])
    let features = try #require(object["features"] as? [[String: Any]])
    var refusals: [String: String] = [:]
    for feature in features where feature["allowed"] as? Bool == false {
      refusals[try #require(feature["name"] as? String)] = try #require(feature["refusal"] as? String)
    }
    #expect(features.count > 20)
    return (try #require(object["live"] as? Bool), refusals)
  }

  @Test(.live, .enabled(if: Lab.hasBPF, "needs root and eBPF"))
  func `where everything else is traced the doctor says that it can be`() throws {
    let json = try culprit("doctor", "--json")
    #expect(json.end == .exited(0) && json.output.count == 1)
    let (live, refusals) = try findings(json.output)
    #expect(live && refusals["tp_btf"] == nil && refusals["ring buffer"] == nil)
    let text = try culprit("doctor")
    #expect(text.end == .exited(0))
    // Every refusal stands below the table with its reason.
    for (name, reason) in refusals { #expect(text.output.contains { $0.hasPrefix("\(name): \(reason)") }) }
  }

  @Test(.live, .enabled(if: Lab.isRoot, "needs root, to be somebody else"))
  func `without privileges the doctor names what is missing and exits with 4`() throws {
    let folder = try Folder()
    let program = try folder.program()
    let child = try Child(
      ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "doctor", "--json"])
    #expect(child.wait() == .exited(4))
    let (live, refusals) = try findings(child.output)
    #expect(!live && refusals["privileges"]?.contains("CAP_BPF") == true)
  }
}
