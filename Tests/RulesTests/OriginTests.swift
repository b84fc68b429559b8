import Foundation
import Glibc
import Processes
import Support
import Testing

/// Where programs come from, as far as this machine says.
struct OriginTests {
  private let pid = UInt32(getpid())

  /// This process's executable, and its MD5 as md5sum(1) prints it.
  private func executable() throws -> (path: String, digest: String) {
    let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let sum = try Child(["md5sum", path])
    #expect(sum.wait() == .exited(0))
    return (path, String(try #require(sum.output.first).prefix(32)))
  }

  private func database(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in files { try text.write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8) }
    return folder
  }

  @Test func `a program is a package's when the package lists it and brought these bytes`() throws {
    let (path, digest) = try executable()
    let good = try database([
      "ours:amd64.list": "/.\n/usr\n\(path)\n", "ours:amd64.md5sums": "\(digest)  \(path.dropFirst())\n",
      "others.list": "\(path)x\n/x\(path)\n",
    ])
    var packages = InstalledPackages(in: good.path)
    #expect(packages.package(of: pid, path: Array(path.utf8)) == "ours")
    let changed = try database([
      "ours.list": "\(path)", "ours.md5sums": "\(String(digest.reversed()))  \(path.dropFirst())\n",
    ])
    packages = InstalledPackages(in: changed.path)
    #expect(packages.package(of: pid, path: Array(path.utf8)) == nil)
    packages = InstalledPackages(in: good.path + "/nowhere")
    #expect(packages.package(of: pid, path: Array(path.utf8)) == nil)
  }

  @Test func `what is installed while it is asked for is known, too, and what was put in its place is not`() throws {
    let (path, digest) = try executable()
    let folder = try database(["base.list": "/.\n/usr\n/usr/bin\n", "other.list": "/.\n/usr\n"])
    var packages = InstalledPackages(in: folder.path)
    packages.read()
    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
    }
    try write("ours.list", "/usr\n\(path)\n")
    try write("ours.md5sums", "\(digest)  \(path.dropFirst())\n")
    #expect(packages.package(of: pid, path: Array(path.utf8)) == "ours")
    try write("ours.md5sums", "\(String(digest.reversed()))  \(path.dropFirst())\n")
    #expect(packages.package(of: pid, path: Array(path.utf8)) == nil)
  }

  @Test(arguments: [
    ("/system.slice/ssh.service", "ssh.service"),
    ("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service"),
    ("/system.slice/agent.service/workers", "agent.service"),
    ("/user.slice/user-1000.slice/user@1000.service/app.slice/agent.service", nil),
    ("/", nil), ("/system.slice", nil), ("/evil/system.slice/ssh.service", nil),
  ])
  func `only what the system started is a unit`(path: String, unit: String?) {
    #expect(systemUnit(inControlGroup: path) == unit)
  }

  @Test func `the image of a container is what Docker and Podman have written down`() throws {
    let (id, image) = (String(repeating: "ab", count: 32), String(repeating: "cd", count: 32))
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/\(id)", withIntermediateDirectories: false)
    try "{\"ID\":\"\(id)\",\"Image\":\"sha256:\(image)\",\"Config\":{\"Image\":\"nginx\"}}".write(
      toFile: "\(folder.path)/\(id)/config.v2.json", atomically: true, encoding: .utf8)
    let list = folder.path + "/containers.json"
    let (other, another) = (String(repeating: "01", count: 32), String(repeating: "23", count: 32))
    try "[{\"id\":\"\(another)\",\"image\":\"\(id)\"},{\"id\":\"\(other)\",\"names\":[\"web\"],\"image\":\"\(image)\"}]"
      .write(
        toFile: list, atomically: true, encoding: .utf8)
    let images = ContainerImages(docker: folder.path, podman: list)
    #expect(images.image(of: id) == "sha256:" + image && images.image(of: other) == "sha256:" + image)
    #expect(images.image(of: another) == "sha256:" + id)
    #expect(images.image(of: String(repeating: "ef", count: 32)) == nil && images.image(of: "../" + id) == nil)
  }
}

/// `culprit watch` on this machine, with a sniffer and what it sends.
@Suite(
  .live, .serialized,
  .enabled(if: Lab.isAllowed && Lab.hasBPF && Lab.has("tcpdump"), "needs root, network namespaces, BPF and tcpdump"))
struct LiveWatchTests {
  private func exceptions(_ place: String) throws -> TemporaryFile {
    let file = TemporaryFile()
    let text =
      "ours:\n  rule: [SNF-001, SNF-002, SNF-003]\n  where: \(place)\n  reason: it is ours\n  owner: us\n  expires: 2100-01-01\n"
    try text.write(toFile: file.path, atomically: true, encoding: .utf8)
    return file
  }

  /// What is told of one process while it sniffs; of other processes of this machine nothing is kept.
  private func findings(
    _ lab: Lab, _ more: [String],
    of sniffer: [String] = ["tcpdump", "-n", "-U", "-Z", "root", "-i", "vA", "-w", "/dev/null"]
  ) throws -> [[String: Any]] {
    let traffic = try lab.traffic()
    let command =
      [Lab.program("culprit"), "watch", "--interface", lab.a.interface, "--duration", "6s", "--history", "none"] + more
    let watch = try Child(command, in: lab.a)
    try watch.line { $0.contains("watching") }
    let tcpdump = try Child(sniffer, in: lab.a)
    try tcpdump.line { $0.contains("listening on vA") }
    _ = watch.wait(within: 90)
    return withExtendedLifetime(traffic) {
      watch.output.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }.filter {
        ($0["process"] as? [String: Any])?["pid"] as? Int == Int(tcpdump.pid)
      }
    }
  }

  @Test func `a sniffer that begins is told with its package, and an exception for the package hides it`() throws {
    let lab = try Lab("watch")
    let told = try findings(lab, [])
    let rules = Set(told.compactMap { ($0["rule"] as? [String: Any])?["id"] as? String })
    #expect(rules.isSuperset(of: ["SNF-001", "SNF-002", "SNF-003"]), "\(rules)")
    for finding in told {
      let process = finding["process"] as? [String: Any]
      #expect(process?["package"] as? String == "tcpdump" && (process?["sha256"] as? String)?.count == 64, "\(finding)")
    }
    let file = try exceptions("{package: tcpdump}")
    let hidden = try withExtendedLifetime(file) {
      try findings(lab, ["--exceptions", file.path, "--suppressed"])
    }
    #expect(hidden.count >= 3 && hidden.allSatisfy { $0["suppressed_by"] as? String == "ours" }, "\(hidden)")
  }

  @Test(.enabled(if: Lab.has("python3"), "needs python3"))
  func `who does something and becomes a program with an exception is told all the same`() throws {
    let lab = try Lab("change")
    let file = try exceptions("{package: tcpdump}")
    let program = """
      import os, socket
      sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
      os.execvp("tcpdump", ["tcpdump", "-n", "-U", "-Z", "root", "-i", "vA", "-w", "/dev/null"])
      """
    let told = try withExtendedLifetime(file) {
      try findings(lab, ["--exceptions", file.path, "--suppressed"], of: ["python3", "-c", program])
    }
    let opened = told.filter { ($0["process"] as? [String: Any])?["comm"] as? String == "python3" }
    #expect(!opened.isEmpty && opened.allSatisfy { $0["suppressed_by"] is NSNull }, "\(told)")
    #expect(told.contains { $0["suppressed_by"] as? String == "ours" }, "\(told)")
  }
}
