"""Whether the named owners are the right ones: what the payload says is the truth, and what follows from it for the packets that carry none."""
import collections
from dataclasses import dataclass, field

from wire import RST, TCP, UDP

KERNEL = "kernel"
NOBODY = "nobody"


@dataclass
class Score:
    packets: int = 0
    right: int = 0
    wrong: int = 0
    nobody: collections.Counter = field(default_factory=collections.Counter)
    unjudged: int = 0
    wrongs: list = field(default_factory=list)
    missed: list = field(default_factory=list)
    # Payload bytes sent, by process: what the far side saw it claim, and what was given to it.
    bytes: str = ""

    def add(self, other):
        self.packets += other.packets
        self.right += other.right
        self.wrong += other.wrong
        self.nobody += other.nobody
        self.unjudged += other.unjudged
        self.wrongs += other.wrongs
        self.missed += other.missed


def claimants(packets):
    """By flow, who says that he sent on it."""
    flows = collections.defaultdict(set)
    for packet in packets:
        if packet.claims and packet.proto in (TCP, UDP):
            flows[packet.flow] |= packet.claims
    return flows


def truth(packet, flows, home, told):
    """Whose it can be: a set of pids, KERNEL, or None where the wire does not say. `home` itself, where nobody claims the
    conversation: whoever is not there is wrong, and of several nobody knows who is right.

    A packet that leaves is its sender's; on loopback, where it is seen once, too. One that comes in is its receiver's.
    `home` are all processes on this side, `told` those of them that open or close what others send on."""
    if packet.ethertype == 0x0806 or packet.proto == 2:
        return KERNEL
    leaves = packet.direction != "receive"
    if packet.proto in (1, 58):
        # Programs ask and are answered; all else is the kernel's: errors, answers, neighbours, groups.
        return packet.claims if packet.icmp in ((8, 128) if leaves else (0, 129)) else KERNEL
    if packet.claims and leaves:
        return packet.claims
    if packet.proto not in (TCP, UDP):
        return None
    own = flows.get(packet.flow if leaves else packet.reversed, set())
    if not own:
        return home
    return own | told if packet.proto == TCP and packet.payload == 0 else own


def score(packets, home, told, rule=None):
    """`rule(packet, claimants of its conversation)` says what the payload does not; None leaves it to the payload."""
    result = Score()
    flows = claimants(packets)
    for packet in packets:
        expected = rule(packet, flows[packet.flow] | flows[packet.reversed]) if rule else None
        if expected is None:
            expected = truth(packet, flows, home, told)
        if expected is None:
            result.unjudged += 1
            continue
        result.packets += 1
        role = packet.owner["role"]
        if expected == KERNEL:
            fits = role == KERNEL and packet.pid is None
        elif expected == NOBODY:
            fits = packet.pid is None
        else:
            fits = packet.pid in expected and (not packet.names or packet.direction == "receive" or packet.owner["exec"] in packet.names)
        # A reset and the last words of a closed connection are the kernel's to send.
        if not fits and packet.proto == TCP and role == KERNEL and packet.pid is None and packet.flags & RST:
            fits = True
        if fits and expected is home and len(home) > 1:
            result.packets -= 1
            result.unjudged += 1
        elif fits:
            result.right += 1
        elif packet.pid is None and role != KERNEL:
            result.nobody[packet.owner["reason"]] += 1
            result.missed.append((packet, expected))
        else:
            result.wrong += 1
            result.wrongs.append((packet, expected))
    return result


def exact(near, far):
    """Whether each process is given as many bytes of payload as arrived in its name; what is only passed on is given to nobody,
    and a segment that holds what several wrote is not counted: it has one owner."""
    given, arrived = collections.Counter(), collections.Counter()
    for packet in near:
        if len(packet.claims) == 1 and packet.direction == "send" and packet.owner["role"] != KERNEL:
            given[packet.pid] += packet.payload
    for packet in far:
        if len(packet.claims) == 1 and packet.direction == "receive":
            arrived[min(packet.claims)] += packet.payload
    if given == arrived:
        return "exact"
    return f"{sum((given - arrived).values())} too many, {sum((arrived - given).values())} too few"
