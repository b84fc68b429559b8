"""Variants of the cases: what else may stand between a socket and who sends on it."""
import subprocess

from cases import built, case, lone, watched
from judge import NOBODY
from wire import TCP, UDP

HANDS = {
    "taken": "sockets taken out of a process that then ends (pidfd_getfd)",
    "given": "an unconnected socket given on twice (SCM_RIGHTS)",
    "in_turn": "two processes write on one connection in turn",
    "at_once_tcp": "three processes write on one connection at once",
    "at_once_much": "two write a megabyte each on one connection at once",
    "at_once_udp": "three send datagrams of one length through one socket at once",
    "at_once_connected": "the same through a connected socket",
    "at_once_raw": "two through one raw socket and one packet socket at once",
    "fork_and_send": "fork, and both send at once",
    "threads": "threads with names of their own",
    "renamed": "a process under several names, then another program",
    "same_pid": "a pid that is used again at once",
    "churn": "4,000 sockets that live for a packet each",
    "port_again": "a port that another process has at once",
    "few_ports": "sixteen ports for 360 short-lived senders of datagrams",
}


for way, title in HANDS.items():
    case(way, title)(lone(way))


@case("race_udp", "two processors send datagrams of one length through one socket")
def race_udp(stage):
    watched(stage)
    return [built(stage, "race", "udp", 1000, 60)]


@case("race_tcp", "two processors write on one connection")
def race_tcp(stage):
    watched(stage)
    return [built(stage, "race", "tcp", 1000, 60)]


PORTS = {
    "bound": "SO_BINDTODEVICE, IP_TRANSPARENT", "disconnected": "a UDP socket connected, disconnected and connected again",
    "corked": "MSG_MORE", "fast_open": "TCP_FASTOPEN", "options6": "IPv6 options and fragments",
    "ported": "one port number in both families, TCP and UDP",
}
for way, title in PORTS.items():
    case(way, title)(lone(way))


@case("groups", "multicast and broadcast")
def groups(stage):
    watched(stage)

    def rule(place, packet, _):
        # On the far side nobody listens.
        return NOBODY if place == stage.b and packet.target[1:] == (6302,) else None

    return [stage.kind("groups")], rule


@case("group", "four processes on one port (SO_REUSEPORT), chosen by a BPF program")
def group(stage):
    stage.server(way="group")
    stage.both()
    return [stage.kind("ask_group")]


@case("throng", "150 processes in turn on one connection and one UDP socket")
def throng(stage):
    stage.server(way="answering")
    stage.both()
    return [stage.kind("throng", 150)]


@case("tx_ring", "PACKET_TX_RING, in the name of another's port")
def tx_ring(stage):
    watched(stage)
    return [stage.kind("tx_ring", *(hardware(namespace, name) for namespace, name in ((stage.a, "vA"), (stage.b, "vB"))))]


def hardware(namespace, name):
    return ip("-n", namespace, "-br", "link", "show", name).split()[2]


def ip(*words):
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


@case("waited", "datagrams through shared sockets that wait for a neighbour's address")
def waited(stage):
    stage.server(way="answering")
    stage.both()
    ip("-n", stage.b, "link", "set", "vB", "arp", "off")
    ip("-n", stage.a, "neigh", "flush", "dev", "vA")
    sender = stage.kind("waited")
    sender.line("^waiting$")
    ip("-n", stage.b, "link", "set", "vB", "arp", "on")

    def rule(place, packet, _):
        # The answers are their parent's, who reads them.
        return {sender.pid} if place == stage.a and packet.proto == UDP and packet.direction == "receive" else None

    return [sender], rule


@case("devices", "one port on two interfaces, two processes (SO_BINDTODEVICE)")
def devices(stage):
    ip("link", "add", "vA2", "index", "31", "netns", stage.a, "type", "veth", "peer", "name", "vB2", "index", "32", "netns", stage.b)
    for namespace, name, address in ((stage.a, "vA2", "10.202.1.1/24"), (stage.b, "vB2", "10.202.1.2/24")):
        ip("-n", namespace, "addr", "add", address, "dev", name)
        ip("-n", namespace, "link", "set", name, "up")
    for namespace, names in ((stage.a, ("vA", "vA2")), (stage.b, ("vB", "vB2"))):
        stage.record(namespace, *names)
    stage.server(stage.a, "bound_to_devices")
    return [stage.kind("ask_devices", namespace=stage.b)]


@case("late", "data that wait 0.4 s for a reader who begins only then")
def late(stage):
    stage.server(way="late_readers")
    stage.both()
    return [stage.kind("ask_late")]


@case("on_its_way", "answers to sockets that were given away and not taken yet (SCM_RIGHTS)")
def on_its_way(stage):
    stage.server(way="answering")
    stage.both()
    sender = stage.kind("on_its_way")

    def rule(place, packet, _):
        # Who took them reads the answers.
        return {sender.pid} if place == stage.a and packet.direction == "receive" and packet.payload and packet.proto in (TCP, UDP) else None

    return [sender], rule


@case("slow_link", "three through shared sockets and their own behind a slow queue (tbf), gone before it is empty")
def slow_link(stage):
    subprocess.run(
        ["nsenter", f"--net=/run/netns/{stage.a}", "tc", "qdisc", "add", "dev", "vA", "root", "tbf", "rate", "600kbit", "burst", "3000", "limit", "400000"],
        check=True)
    watched(stage)
    return [stage.kind("behind_queue")]
