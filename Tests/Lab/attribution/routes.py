"""Variants of the way: translation, tunnels, bridges, and sockets whose packets do not look like theirs."""
import subprocess

from cases import case, lone, watched
from judge import KERNEL, NOBODY
from wire import TCP, UDP

WAYS = {
    "forged": "a raw socket in another's name, and in another machine's", "spliced": "vmsplice, tee and splice in a chain",
    "left_behind": "forked without exec, the parent gone", "ended": "connections that end by resets and by halves",
    "kept_alive": "keep-alive probes", "one_table": "two processes with one table of descriptors",
}
for way, title in WAYS.items():
    case(way, title)(lone(way))


@case("again", "a connection that was refused, and the socket's next one; a datagram to a closed port")
def again(stage):
    watched(stage)

    def rule(place, packet, _):
        # There is no socket that it is for.
        asks = place == stage.b and packet.direction == "receive" and packet.target[1:] == (7999,)
        return NOBODY if asks and packet.proto in (TCP, UDP) else None

    return [stage.kind("again")], rule


def run(namespace, *command, **options):
    subprocess.run(["nsenter", f"--net=/run/netns/{namespace}", *command], check=True, **options)


def ip(namespace, *words):
    subprocess.run(["ip", "-n", namespace, *words], check=True)


def nft(namespace, rules):
    run(namespace, "nft", "-f", "-", input=rules, text=True)


def set_value(namespace, path, value):
    run(namespace, "sh", "-c", f"echo {value} > /proc/sys/net/{path}")


@case("itself", "a connection with itself")
def itself(stage):
    stage.record(stage.a, "lo")
    return [stage.kind("itself")]


@case("one_socket", "four processes receive from one UDP socket")
def one_socket(stage):
    stage.server(way="one_socket")
    stage.both()
    return [stage.kind("ask_one")]


@case("many", "200 connections at once to a port that is redirected to another process's than has it")
def many(stage):
    nft(stage.b, """table ip t {
      chain c { type nat hook prerouting priority -100;
      tcp dport 7000 redirect to :7090; udp dport 7000 redirect to :7090;
      }
    }""")
    stage.server()
    taker = stage.server(None, "takes", 7090)
    stage.both()

    def rule(place, packet, _):
        # The claimants are those who answer, and datagrams have no answer.
        return {taker.pid} if place == stage.b and packet.target[1:] == (7000,) and packet.direction == "receive" else None

    return [stage.kind("crowd", 7000), stage.kind("udp_unconnected")], rule


@case("transparent", "TPROXY: a listener for addresses and ports that are not its own")
def transparent(stage):
    set_value(stage.b, "ipv4/conf/all/route_localnet", 1)
    ip(stage.b, "rule", "add", "fwmark", "1", "lookup", "100")
    ip(stage.b, "route", "add", "local", "0.0.0.0/0", "dev", "lo", "table", "100")
    nft(stage.b, """table ip t {
      chain c { type filter hook prerouting priority -150;
      ip daddr 10.99.99.98 meta l4proto { tcp, udp } tproxy to :7091 meta mark set 1 accept;
      }
    }""")
    ip(stage.a, "route", "add", "10.99.99.98", "via", "10.200.1.2")
    stage.server()
    taker = stage.server(None, "takes", 7091, "0.0.0.0", 19)
    stage.both()

    def rule(place, packet, _):
        to_taker = packet.proto in (TCP, UDP) and packet.target[:1] == (bytes([10, 99, 99, 98]),)
        return {taker.pid} if place == stage.b and to_taker else None

    return [stage.kind("crowd", 80, 5, "10.99.99.98"), stage.kind("plain", "tproxy", "10.99.99.98", 7000)], rule


@case("clash", "masquerade where another process has the same port")
def clash(stage):
    inside = stage.behind()
    stage.server()
    stage.record(stage.a, "vA", "vR")
    stage.record(stage.b, "vB")
    stage.record(inside, "vC")
    behind = stage.kind("from_port", 40100, namespace=inside)
    here = stage.kind("from_port", 40100)

    def rule(place, packet, claimants):
        passes = behind.pid in claimants or bytes([10, 201, 1, 2]) in (packet.source[:1] + packet.target[:1])
        return KERNEL if place == stage.a and passes and packet.proto in (TCP, UDP) else None

    return [behind, here], rule


@case("hairpin", "DNAT to another port of the same machine and back")
def hairpin(stage):
    nft(stage.a, """table ip t {
      chain c { type nat hook output priority -100;
      ip daddr 10.99.99.97 tcp dport 80 dnat to 10.200.1.1:7092; ip daddr 10.99.99.97 udp dport 80 dnat to 10.200.1.1:7092;
      }
    }""")
    ip(stage.a, "route", "add", "10.99.99.97", "via", "10.200.1.2")
    stage.server(stage.a, "takes", 7092, "10.200.1.1")
    stage.record(stage.a, "lo", "vA")
    return [stage.kind("crowd", 80, 5, "10.99.99.97"), stage.kind("plain", "hairpin", "10.99.99.97", 80)]


@case("two_nats", "masquerade behind masquerade")
def two_nats(stage):
    inside = stage.behind()
    further = f"{stage.name}-d"
    subprocess.run(["ip", "netns", "add", further], check=True)
    stage.extra.append(further)
    ip(further, "link", "add", "vD", "index", "31", "type", "veth", "peer", "name", "vE", "index", "32", "netns", inside)
    ip(further, "addr", "add", "10.202.1.2/24", "dev", "vD")
    ip(inside, "addr", "add", "10.202.1.1/24", "dev", "vE")
    ip(further, "link", "set", "vD", "up")
    ip(inside, "link", "set", "vE", "up")
    ip(further, "route", "add", "default", "via", "10.202.1.1")
    set_value(inside, "ipv4/ip_forward", 1)
    nft(inside, """table ip t {
      chain c { type nat hook postrouting priority 100; oifname "vC" ip saddr 10.202.1.0/24 masquerade;
      }
    }""")
    stage.server()
    stage.record(stage.a, "vA", "vR")
    stage.record(stage.b, "vB")
    stage.record(inside, "vC", "vE")
    stage.record(further, "vD")
    there, behind = stage.kind("plain", "far", namespace=further), stage.kind("plain", "near", namespace=inside)

    def rule(place, packet, claimants):
        passes = place == stage.a or place == inside and there.pid in claimants
        return KERNEL if passes and packet.proto in (TCP, UDP) else None

    return [there, behind], rule


@case("cookies", "SYN cookies")
def cookies(stage):
    set_value(stage.b, "ipv4/tcp_syncookies", 2)
    stage.server(None, "takes", 7093)
    stage.both()
    return [stage.kind("crowd", 7093, 20)]


def second_subflow(stage):
    ip(stage.a, "addr", "add", "10.200.1.3/24", "dev", "vA")
    ip(stage.a, "mptcp", "endpoint", "add", "10.200.1.3", "dev", "vA", "subflow")
    ip(stage.b, "mptcp", "limits", "set", "subflow", "2", "add_addr_accepted", "2")


@case("subflows", "MPTCP with two subflows")
def subflows(stage):
    second_subflow(stage)
    watched(stage)
    return [stage.kind("subflows")]


@case("at_once_subflows", "three write on one MPTCP connection with two subflows at once")
def at_once_subflows(stage):
    second_subflow(stage)
    watched(stage)

    def rule(place, packet, _):
        # What carries nothing is the connection's, on whichever subflow its writers' bytes left.
        return stage.cast[place] | stage.told if place == stage.a and packet.proto == TCP and not packet.payload else None

    return [stage.kind("at_once_multipath", 7004)], rule


@case("at_once_fallen", "three write on one MPTCP connection to a server that speaks TCP at once")
def at_once_fallen(stage):
    watched(stage)
    return [stage.kind("at_once_multipath", 7000)]


@case("other_source", "one socket, many source addresses")
def other_source(stage):
    for address in ("10.200.1.3/24", "10.200.1.4/24"):
        ip(stage.a, "addr", "add", address, "dev", "vA")
    watched(stage)
    return [stage.kind("other_source")]


@case("gro", "UDP_SEGMENT to UDP_GRO")
def gro(stage):
    stage.server(way="takes_gro")
    stage.both()
    return [stage.kind("gro")]


@case("members", "multicast to two processes on one port")
def members(stage):
    stage.server(None, "member", 6305)
    stage.server(None, "member", 6305)
    stage.both()
    return [stage.kind("to_group", 6305)]


@case("tunnel", "a VPN through TUN devices: what goes in, and what goes out")
def tunnel(stage):
    stage.server(stage.a, "tunnel", "tun0", "10.200.1.1", "10.200.1.2", 7094, "10.203.1.1")
    stage.server(stage.b, "tunnel", "tun0", "10.200.1.2", "10.200.1.1", 7094, "10.203.1.2")
    stage.server(None, "takes", 7095, "10.203.1.2")
    stage.record(stage.a, "vA")
    stage.record(stage.b, "vB")
    return [stage.kind("crowd", 7095, 5, "10.203.1.2"), stage.kind("plain", "inner", "10.203.1.2", 7095, 20000)]


@case("vxlan", "a VXLAN: what goes in is a program's, and what carries it too")
def vxlan(stage):
    for namespace, own, peer, device in ((stage.a, 1, 2, "vA"), (stage.b, 2, 1, "vB")):
        ip(namespace, "link", "add", "vx0", "type", "vxlan", "id", "5", "dstport", "4789", "dev", device,
           "local", f"10.200.1.{own}", "remote", f"10.200.1.{peer}")
        ip(namespace, "addr", "add", f"10.204.1.{own}/24", "dev", "vx0")
        ip(namespace, "link", "set", "vx0", "up")
    stage.server(None, "takes", 7096, "10.204.1.2")
    stage.record(stage.a, "vA", "vx0")
    stage.record(stage.b, "vB", "vx0")

    def rule(_, packet, __):
        # Ethernet, IPv4, UDP and VXLAN before it: ARP and neighbour discovery are the kernel's in there, too.
        inner = packet.frame[50:] if packet.proto == UDP and 4789 in (packet.target[1:] or ()) else b""
        discovers = inner[12:14] == b"\x08\x06" or inner[12:14] == b"\x86\xdd" and inner[20] in (0, 58)
        return KERNEL if discovers else None

    return [stage.kind("crowd", 7096, 5, "10.204.1.2"), stage.kind("plain", "inner", "10.204.1.2", 7096, 20000)], rule


@case("bridge", "two containers on a bridge: each one's own, and passed on between them")
def bridge(stage):
    inside = [f"{stage.name}-{letter}" for letter in "de"]
    ip(stage.a, "link", "add", "br0", "type", "bridge")
    ip(stage.a, "link", "set", "br0", "up")
    for number, name in enumerate(inside):
        subprocess.run(["ip", "netns", "add", name], check=True)
        stage.extra.append(name)
        ip(stage.a, "link", "add", f"p{number}", "index", str(41 + number), "type", "veth", "peer", "name", "eth0", "index",
           str(51 + number), "netns", name)
        ip(stage.a, "link", "set", f"p{number}", "master", "br0", "up")
        ip(name, "addr", "add", f"10.205.1.{number + 1}/24", "dev", "eth0")
        ip(name, "link", "set", "eth0", "up")
    stage.server(inside[1], "takes", 7097, "10.205.1.2")
    stage.record(stage.a, "br0", "p0", "p1")
    for name in inside:
        stage.record(name, "eth0")

    def rule(place, packet, _):
        return KERNEL if place == stage.a and packet.proto in (TCP, UDP) else None

    return [stage.kind("crowd", 7097, 5, "10.205.1.2", namespace=inside[0]),
            stage.kind("plain", "contained", "10.205.1.2", 7097, namespace=inside[0])], rule
