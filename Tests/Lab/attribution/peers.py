"""What others say meanwhile of who sends: `ss`, asked again and again, and nethogs. Both look into /proc.

A packet is right if its flow is given to the process that it names, wrong if it is given to another; nethogs names processes and not
packets, so that a packet counts as right if its process was named at all.
"""
import collections
import re
import shutil
import subprocess
import threading

PAUSE = 0.1  # seconds between two looks; each takes some 10 ms and more


class Sampler:
    """`ss` in a namespace, by flow the processes it named first and last."""

    name = "ss"

    def __init__(self, namespace):
        self.command = ["nsenter", f"--net=/run/netns/{namespace}", "ss", "-Htunap"]
        self.owners = collections.defaultdict(set)
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.done.wait(PAUSE):
            for line in subprocess.run(self.command, stdout=subprocess.PIPE, text=True).stdout.splitlines():
                kind, _, _, _, local, remote, *rest = line.split() + [""]
                if pids := {int(pid) for pid in re.findall(r"pid=(\d+)", " ".join(rest))}:
                    self.owners[kind, port(local), port(remote)] |= pids

    def end(self):
        self.done.set()
        self.thread.join()

    def said(self, packet):
        kind = {6: "tcp", 17: "udp"}.get(packet.proto, "")
        local, remote = packet.source[1], packet.target[1]
        return self.owners.get((kind, local, remote)) or self.owners.get((kind, local, 0)) or set()


class Nethogs:
    name = "nethogs"

    def __init__(self, namespace):
        self.pids = set()
        self.child = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{namespace}", "nethogs", "-t", "-C", "-d", "1", "vA"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        # PROGRAM/PID/UID, sent, received; pid 0 is the unknown.
        for line in self.child.stdout:
            if match := re.search(r"/(\d+)/\d+\t", line):
                self.pids.add(int(match[1]))

    def end(self):
        self.child.terminate()
        self.child.wait()
        self.thread.join()

    def said(self, packet):
        return packet.claims & self.pids


def port(address):
    text = address.rsplit(":", 1)[1]
    return int(text) if text.isdecimal() else 0


def start(namespace):
    """Those that are installed."""
    return [peer(namespace) for peer in (Sampler, Nethogs) if shutil.which(peer.name)]


def score(peer, packets):
    """Right, wrong and unattributed of what left with a claim."""
    counts = collections.Counter()
    for packet in packets:
        if packet.claims and packet.direction == "send":
            said = peer.said(packet)
            counts["nobody" if not said else "right" if said == packet.claims else "wrong"] += 1
    return counts
