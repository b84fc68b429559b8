"""Where a case is played: labs of two network namespaces (`lab.sh`), the processes in them, the recorders that look on."""
import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.join(HERE, "..", "lab.sh")
SENDERS = os.path.join(HERE, "..", "senders.py")
KINDS = os.path.join(HERE, "kinds.py")
PYTHON = [os.path.realpath(sys.executable), "-S"]
PATIENCE = 120
REDIRECT = """
table ip translation {
  chain before { type nat hook prerouting priority -100; tcp dport 7080 redirect to :7000; udp dport 7080 redirect to :7000; }
}
"""
NAT = """
table ip translation {
  chain after { type nat hook postrouting priority 100; oifname "vA" ip saddr 10.201.1.0/24 masquerade; }
  chain out { type nat hook output priority -100; ip daddr 10.99.99.99 dnat to 10.200.1.2; }
}
"""


class Process:
    """A program in a namespace, and the lines that it printed. Its pid is the program's own."""

    def __init__(self, namespace, command, **options):
        enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
        self.namespace = namespace
        self.command = command
        self.lines = []
        self.news = threading.Condition()
        self.child = subprocess.Popen(
            enter + command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", **options)
        self.pid = self.child.pid
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.child.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.lines.append(None)
            self.news.notify_all()

    def line(self, pattern):
        """Waits for a line and answers its match."""
        seen = 0
        with self.news:
            while True:
                for line in self.lines[seen:]:
                    if line is None:
                        raise SystemExit(f"bench: {self.command}: ended without '{pattern}': {self.lines[:-1]}")
                    if match := re.search(pattern, line):
                        return match
                seen = len(self.lines)
                if not self.news.wait(PATIENCE):
                    raise SystemExit(f"bench: {self.command}: no line '{pattern}': {self.lines}")

    def wait(self):
        """Waits for its end and answers what it printed."""
        try:
            code = self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise SystemExit(f"bench: {self.command}: did not end: {self.lines}") from None
        self.reader.join(PATIENCE)
        lines = [line for line in self.lines if line is not None]
        if code != 0:
            raise SystemExit(f"bench: {self.command}: exit code {code}: {lines}")
        return lines

    def stop(self, number=signal.SIGINT):
        self.child.send_signal(number)
        return self.wait()


class Stage:
    """One case's: lab `a`-`b`, another of the same addresses if asked for, and what became of all."""

    def __init__(self, programs, number):
        self.programs = programs
        self.name = f"culprit-{os.getpid()}-{number}"
        self.folder = tempfile.mkdtemp(prefix=self.name)
        self.labs = []
        self.extra = []
        self.recorders = []
        self.processes = []
        # By namespace, the processes that may own packets without a claim; and those that open what others send on.
        self.cast = {}
        self.told = set()
        self.servers = []
        atexit.register(self.close)
        self.a, self.b = self.lab(self.name)

    def lab(self, name):
        subprocess.run(["bash", LAB, "up", name], check=True)
        self.labs.append(name)
        return f"{name}-a", f"{name}-b"

    def behind(self):
        """A namespace that reaches B through A only: A forwards for it under its own address, and sends what is for
        10.99.99.99 to B. B takes what is for port 7080 as for port 7000."""
        name = f"{self.name}-c"
        ip = lambda *words: subprocess.run(["ip", *words], check=True)
        ip("netns", "add", name)
        self.extra.append(name)
        ip("link", "add", "vC", "index", "21", "netns", name, "type", "veth", "peer", "name", "vR", "index", "22", "netns", self.a)
        ip("-n", name, "addr", "add", "10.201.1.2/24", "dev", "vC")
        ip("-n", self.a, "addr", "add", "10.201.1.1/24", "dev", "vR")
        for namespace, interface in ((name, "lo"), (name, "vC"), (self.a, "vR")):
            ip("-n", namespace, "link", "set", interface, "up")
        ip("-n", name, "route", "add", "default", "via", "10.201.1.1")
        ip("-n", self.a, "route", "add", "10.99.99.99", "via", "10.200.1.2")
        router, server = ["nsenter", f"--net=/run/netns/{self.a}"], ["nsenter", f"--net=/run/netns/{self.b}"]
        subprocess.run([*router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"], check=True)
        subprocess.run([*router, "nft", "-f", "-"], input=NAT, text=True, check=True)
        subprocess.run([*server, "nft", "-f", "-"], input=REDIRECT, text=True, check=True)
        return name

    def close(self):
        for process in self.processes:
            if process.child.poll() is None:
                process.child.kill()
        for name in self.labs:
            subprocess.run(["bash", LAB, "down", name], check=False)
        for name in self.extra:
            subprocess.run(["ip", "netns", "del", name], check=False)
        self.labs.clear()
        self.extra.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def program(self, name):
        return os.path.join(self.programs, name)

    def start(self, namespace, *command, **options):
        process = Process(namespace, list(command), **options)
        self.processes.append(process)
        self.cast.setdefault(namespace, set()).add(process.pid)
        return process

    def sender(self, way, namespace=None, address="10.200.1.2", port=7000, more=()):
        return self.start(namespace or self.a, *PYTHON, SENDERS, way, address, str(port), *more)

    def kind(self, way, *arguments, namespace=None, **options):
        return self.start(namespace or self.a, *PYTHON, KINDS, way, *map(str, arguments), **options)

    def server(self, namespace=None, way="sink", *arguments):
        """A sink for TCP and UDP on ports 7000 and 7001, or another server; it ends when it is told to and all is quiet."""
        server = self.kind(way, *arguments, namespace=namespace or self.b)
        self.servers.append(server)
        server.line("ready")
        return server

    def record(self, namespace, *interfaces):
        path = os.path.join(self.folder, f"{len(self.recorders)}.pcapng")
        options = [part for interface in interfaces for part in ("--interface", interface)]
        recorder = Process(namespace, [self.program("culprit"), "record", "-o", path, *options])
        self.processes.append(recorder)
        self.recorders.append((recorder, path, namespace))
        recorder.line("recording to")
        return path

    def both(self):
        """Records both ends of the cable."""
        return self.record(self.a, "vA"), self.record(self.b, "vB")

    def end(self, *senders):
        """Waits for the senders, lets the servers come to rest, ends the recordings; answers what was lost of them."""
        for sender in senders:
            lines = sender.wait()
            self.hear(lines)
            self.cast[sender.namespace] |= {int(line[6:]) for line in lines if re.fullmatch(r"child \d+", line)}
        for server in self.servers:
            self.hear(server.stop(signal.SIGUSR1))
        lost = []
        for recorder, _, _ in self.recorders:
            said = [line for line in recorder.stop() if "lost:" in line]
            lost += re.findall(r"([\w /-]+ [1-9]\d*)(?:,|$)", said[-1].split("lost:")[1]) if said else ["no counters"]
        return lost

    def hear(self, lines):
        """`pid N`: a process that has a part in it."""
        self.told |= {int(line[4:]) for line in lines if re.fullmatch(r"pid \d+", line)}
