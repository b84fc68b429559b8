import Files

/// Which images containers were made of, from what Docker and Podman keep of them on this machine.
package struct ContainerImages: Sendable {
  private let docker: String
  private let podman: String

  /// - Parameters:
  ///   - docker: its folder of containers, each with a `config.v2.json`.
  ///   - podman: its list of containers.
  package init(
    docker: String = "/var/lib/docker/containers",
    podman: String = "/var/lib/containers/storage/overlay-containers/containers.json"
  ) {
    self.docker = docker
    self.podman = podman
  }

  /// `sha256:` and the image's 64 hexadecimal digits; nil where neither knows.
  /// - Parameter container: its whole id.
  package func image(of container: String) -> String? {
    guard container.count == 64, container.allSatisfy({ $0.isHexDigit }) else { return nil }
    if let text = readText("\(docker)/\(container)/config.v2.json", limit: 4 << 20) {
      return digits(in: text[...], behind: "\"Image\":\"sha256:")
    }
    guard let text = readText(podman, limit: 64 << 20), let place = text.firstRange(of: "\"id\":\"\(container)\"")
    else { return nil }
    return digits(in: text[place.upperBound...], behind: "\"image\":\"")
  }

  private func digits(in text: Substring, behind key: String) -> String? {
    guard let place = text.firstRange(of: key) else { return nil }
    let digits = text[place.upperBound...].prefix { $0.isHexDigit }
    return digits.count == 64 ? "sha256:" + digits : nil
  }
}
