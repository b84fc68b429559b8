import Events
import Testing

struct ContainerTests {
  private static let id = String(repeating: "0123456789abcdef", count: 4)

  @Test(arguments: [
    ("/docker/\(id)", id), ("/system.slice/docker-\(id).scope", id), ("/docker/\(id)/system.slice/nginx.service", id),
    ("/machine.slice/libpod-\(id).scope/container", id),
    ("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope", id),
    ("/kubepods/burstable/pod2f8b1a5c-0d0f-4a43-9a5e-1b2c3d4e5f60/\(id)", id),
    ("/kubepods.slice/kubepods-pod2f8b.slice/cri-containerd-\(id).scope", id),
    ("/kubepods.slice/kubepods-pod2f8b.slice/crio-\(id).scope", id),
    ("/machine.slice/systemd-nspawn@web.service/payload/init.scope", "web"),
    ("/machine.slice/machine-web.scope", "web"), ("/lxc.payload.web/system.slice", "web"),
  ])
  func `a control group of a container names it`(path: String, name: String) {
    #expect(container(ofControlGroup: Array(path.utf8)) == Array(name.utf8))
  }

  @Test(arguments: [
    "/", "", "/user.slice/user-0.slice/session-1.scope", "/system.slice/docker.service", "/machine.slice",
    "/system.slice/\(id.dropLast())", "/system.slice/x\(id)", "/init.scope", "///",
    "/system.slice/docker-\(id.uppercased()).scope",
  ])
  func `any other is the host's`(path: String) {
    #expect(container(ofControlGroup: Array(path.utf8)) == nil)
  }
}
