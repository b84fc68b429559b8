/// What is known of where a finding's program comes from: what an exception can rest on, since a name can be anybody's.
package struct FindingOrigin: Sendable, Equatable {
  /// The executable's path, links followed; live only, and empty otherwise.
  package var program: [UInt8] = []
  /// The executable's SHA-256, 32 bytes; empty where nobody could read it.
  package var digest: [UInt8] = []
  /// The package that the executable is part of, and as whose files list it still is; live only.
  package var package: String?
  /// The system's unit that the process is of; live only.
  package var unit: String?
  /// The container's id.
  package var container: String?
  /// The image that the container was made of, `sha256:` and 64 hexadecimal digits; live only.
  package var image: String?

  package init() {}
}
