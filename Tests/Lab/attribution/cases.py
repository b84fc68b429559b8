"""The cases: each a number or a name, what it is, and a function that plays it on a stage and answers whom to wait for,
and where the payload does not say all a rule: what a packet's owner has to be in a namespace, None where the payload says it.

The first fifteen are the hard ones, the named ones the kinds of sockets and ways to send.
"""
import os
import signal
import subprocess

from judge import KERNEL, NOBODY
from stage import HERE, KINDS, PYTHON
from wire import SYN, TCP, UDP

CASES = []


def case(name, title):
    def enter(play):
        CASES.append((str(name), title, play))
        return play
    return enter


def watched(stage):
    """A server on the far side, and a recorder on each."""
    stage.server()
    stage.both()


@case(1, "2,000 processes that live for a millisecond")
def short_lived(stage):
    watched(stage)
    return [stage.kind("burst", stage.program("control"), 2000)]


@case(2, "parent and child write on one connection")
def forked(stage):
    watched(stage)
    return [stage.sender("forked"), stage.sender("forked-udp")]


@case(3, "a connection given away, its creator gone (SCM_RIGHTS)")
def passed(stage):
    watched(stage)
    return [stage.sender("passed")]


@case(4, "sockets of every kind, open before the recording")
def before(stage):
    stage.server()
    early = [stage.kind("held"), *(stage.sender(way, more=["--go"]) for way in ("forked", "forked-udp", "passed", "became"))]
    for process in early:
        process.line("^ready$")
    stage.both()
    for process in early:
        process.child.send_signal(signal.SIGUSR1)
    return early


@case(5, "two processes on one UDP port")
def reused(stage):
    watched(stage)
    return [stage.sender("reused")]


@case(6, "echoes by raw and by ping sockets, a protocol of nobody's, the kernel's answers")
def icmp(stage):
    watched(stage)
    return [stage.kind("icmp")]


@case(7, "a packet socket in another's name; a frame past the taps is the difference in bytes")
def spoof(stage):
    watched(stage)
    return [stage.kind("spoof")]


@case(8, "one five-tuple in two network namespaces")
def same(stage):
    other_a, other_b = stage.lab(f"{stage.name}-2")
    stage.server()
    stage.server(other_b)
    stage.both()
    stage.record(other_a, "vA")
    stage.record(other_b, "vB")
    return [stage.kind("same"), stage.kind("same", namespace=other_a)]


@case(9, "masquerade, DNAT and redirection")
def translated(stage):
    inside = stage.behind()
    stage.server()
    stage.record(stage.a, "vA", "vR")
    stage.record(stage.b, "vB")
    stage.record(inside, "vC")
    behind = stage.kind("plain", "c09-behind", namespace=inside)

    def rule(place, packet, claimants):
        # The router has no part in it but to pass it on.
        address = bytes([10, 201, 1, 2])
        passes = behind.pid in claimants or address in (packet.source[:1] + packet.target[:1])
        return KERNEL if place == stage.a and passes and packet.proto in (TCP, UDP) else None

    here = [("c09-router", "10.200.1.2"), ("c09-dnat", "10.99.99.99"), ("c09-redirected", "10.200.1.2", 7080)]
    return [behind] + [stage.kind("plain", *words) for words in here], rule


@case(10, "the kernel's own: refusals, late data, what an ended process left")
def kernel(stage):
    stage.server(way="late_server")
    watched(stage)

    def rule(_, packet, claimants):
        # There is no socket that it is for.
        asks = packet.flags == SYN and packet.direction == "receive" and packet.target[1] in (7998, 7999)
        return NOBODY if asks else None

    return [
        stage.kind("refused", "10.200.1.2", 7999), stage.kind("refused", "10.200.1.1", 7998, namespace=stage.b),
        stage.kind("late"), stage.kind("orphan")], rule


@case(11, "TCP and UDP on one address and port")
def both(stage):
    watched(stage)
    return [stage.sender("both")]


@case(12, "children that accept, and programs that are given what was accepted")
def prefork(stage):
    stage.server(way="prefork")
    stage.both()
    return [stage.kind("ask", 7003, 6)]


@case(13, "exec with a connection; pid namespaces")
def became(stage):
    watched(stage)
    return [stage.sender("became"), unshared(stage), unshared(stage)]


@case(14, "loopback; sockets of a namespace that their holder is not in")
def elsewhere(stage):
    watched(stage)
    stage.record(stage.a, "lo")
    namespaces = f"/run/netns/{stage.a}", f"/run/netns/{stage.b}"
    visitor = stage.kind("elsewhere", *namespaces, namespace=stage.b)
    stage.cast[stage.b].remove(visitor.pid)
    stage.cast.setdefault(stage.a, set()).add(visitor.pid)
    return [stage.kind("local"), visitor]


@case(15, "bytes by every way to send, all at once")
def volumes(stage):
    watched(stage)
    return [stage.kind(way) for way in WAYS] + [uring(stage)]


WAYS = {
    "udp_connected": "datagrams, connected", "udp_unconnected": "datagrams, not connected", "udp6": "datagrams over IPv6",
    "mapped": "IPv4 through IPv6 sockets", "stream": "a megabyte in one send", "sendfile": "sendfile",
    "splice": "splice", "sendmmsg": "sendmmsg", "zerocopy": "MSG_ZEROCOPY", "gso": "UDP_SEGMENT", "fragments": "fragments",
    "mptcp": "MPTCP", "headed": "raw, with its own IP header", "unknown": "raw, a protocol of nobody's",
}


def lone(way):
    def play(stage):
        watched(stage)
        return [stage.kind(way)]
    return play


for way, title in WAYS.items():
    case(way, title)(lone(way))


@case("io_uring", "io_uring")
def ring(stage):
    watched(stage)
    return [uring(stage)]


@case("unshare", "a pid namespace")
def namespaced(stage):
    watched(stage)
    return [unshared(stage)]


def uring(stage):
    return built(stage, "uring")


def built(stage, name, *arguments):
    """Starts a program that is written in C."""
    program = os.path.join(stage.folder, name)
    subprocess.run(["cc", "-O1", "-o", program, os.path.join(HERE, name + ".c")], check=True)
    return stage.start(stage.a, program, *map(str, arguments))


def unshared(stage):
    return stage.start(stage.a, "unshare", "-pf", *PYTHON, KINDS, "plain", "unshared")
