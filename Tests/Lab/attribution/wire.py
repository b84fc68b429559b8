"""What a recording holds, packet by packet: what the headers and the payload say, read here, and whose `culprit packets` says it is."""
import json
import re
import struct
import subprocess
from dataclasses import dataclass, field

CLAIM = re.compile(rb"PID=(\d+)[ \n]")
NAME = re.compile(rb"AS=(\S+) PID=\d+\n")
TCP, UDP = 6, 17
FIN, SYN, RST, ACK = 1, 2, 4, 16


@dataclass
class Packet:
    frame: bytes
    owner: dict
    direction: str | None
    length: int
    ethertype: int = 0
    proto: int = -1
    source: tuple = ()
    target: tuple = ()
    flags: int = 0
    icmp: int = -1
    payload: int = 0
    # The sequence number of a SYN that asks: each is a connection of its own, though it may have the ends of another.
    begins: int | None = None
    connection: int = 0
    claims: set = field(default_factory=set)
    # What the claimants go by, where they say so.
    names: set = field(default_factory=set)

    @property
    def pid(self):
        return self.owner["pid"]

    @property
    def flow(self):
        return (self.proto, self.source, self.target, self.connection)

    @property
    def reversed(self):
        return (self.proto, self.target, self.source, self.connection)

    def __str__(self):
        return (f"proto {self.proto} {self.source} > {self.target} flags {self.flags} {self.payload} bytes {self.direction}"
                f" claims {sorted(self.claims)}: {self.owner['pid']} {self.owner['exec']} {self.owner['role']}"
                f" {self.owner['confidence']} {self.owner['reason']}")


def dissect(packet):
    """Ethernet, IPv4 or IPv6, and the ports; a later fragment has none. `payload` is what the transport carries."""
    frame = packet.frame
    packet.claims = {int(pid) for pid in CLAIM.findall(frame)}
    packet.names = {name.decode() for name in NAME.findall(frame)}
    packet.ethertype = struct.unpack_from("!H", frame, 12)[0]
    if packet.ethertype == 0x0800:
        header = (frame[14] & 15) * 4
        total, _, fragment = struct.unpack_from("!HHH", frame, 16)
        if total == 0:
            total = packet.length - 14  # TCP segments of more than 64 KiB (BIG TCP)
        packet.proto, source, target = frame[23], frame[26:30], frame[30:34]
        start, rest, later = 14 + header, total - header, fragment & 0x1FFF != 0
    elif packet.ethertype == 0x86DD:
        rest, packet.proto, source, target = struct.unpack_from("!H", frame, 18)[0], frame[20], frame[22:38], frame[38:54]
        start, later = 54, False
        if packet.proto == 0:  # hop by hop, as multicast listener reports have it
            packet.proto, size = frame[54], (frame[55] + 1) * 8
            start, rest = start + size, rest - size
    else:
        return
    ports = (0, 0)
    packet.payload = rest
    if not later and packet.proto in (TCP, UDP):
        ports = struct.unpack_from("!HH", frame, start)
        size = 8 if packet.proto == UDP else (frame[start + 12] >> 4) * 4
        packet.payload = rest - size
        packet.flags = frame[start + 13] if packet.proto == TCP else 0
        if packet.flags & (SYN | ACK) == SYN:
            packet.begins = struct.unpack_from("!I", frame, start + 4)[0]
    elif packet.proto in (1, 58):
        packet.icmp = frame[start]
    packet.source, packet.target = (source, ports[0]), (target, ports[1])


def frames(path):
    """The frames of a little-endian pcapng file, as culprit writes them, each with its length on the wire."""
    with open(path, "rb") as file:
        data = file.read()
    offset = 0
    while offset + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        if kind == 6:
            captured, wire = struct.unpack_from("<II", data, offset + 20)
            yield data[offset + 28:offset + 28 + captured], wire
        offset += length


def read(culprit, path):
    lines = subprocess.run([culprit, "packets", "-r", path, "--json"], stdout=subprocess.PIPE, check=True).stdout.splitlines()
    packets, beginnings = [], {}
    for (frame, wire), line in zip(frames(path), lines, strict=True):
        said = json.loads(line)
        packet = Packet(frame, said["owner"], said["direction"], wire)
        dissect(packet)
        seen = beginnings.setdefault((packet.proto, *sorted((packet.source, packet.target))), [])
        if packet.begins is not None and packet.begins not in seen:
            seen.append(packet.begins)
        packet.connection = len(seen)
        packets.append(packet)
    return packets
