#!/usr/bin/env python3
"""Ways to share a socket, each packet saying who sent it (`LABEL PID=n N=i`), so that the wire itself is the truth.

    senders.py WAY ADDRESS PORT [--go]

With --go it says `ready` when its sockets are open and sends nothing until SIGUSR1 comes.
"""
import os
import signal
import socket
import struct
import sys
import threading
import time


def text(label, number=1):
    return b"%s PID=%d N=%d\n" % (label.encode(), os.getpid(), number)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def child(body):
    """Runs `body` in a child and waits for its end."""
    pid = os.fork()
    if pid == 0:
        body()
        os._exit(0)
    os.waitpid(pid, 0)


def forked(kind):
    """Parent and child write on one connected socket, in turn."""
    s = socket.socket(family(ADDRESS), kind)
    s.connect((ADDRESS, PORT))
    go()
    s.send(text("fork-parent", 1))
    child(lambda: s.send(text("fork-child-with-more", 2)))
    s.send(text("fork-parent", 3))


def passed():
    """The creator gives the socket away (SCM_RIGHTS) and ends; the receiver sends."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)

    def creator():
        s = socket.socket(family(ADDRESS), socket.SOCK_STREAM)
        s.connect((ADDRESS, PORT))
        socket.send_fds(there, [b"x"], [s.fileno()])
        print("pid", os.getpid(), flush=True)

    child(creator)
    _, descriptors, _, _ = socket.recv_fds(here, 1, 1)
    s = socket.socket(fileno=descriptors[0])
    go()
    for number in range(3):
        s.send(text("passed", number))


def reused():
    """Two processes bind one UDP port (SO_REUSEPORT) and send to the same end; only the socket tells them apart."""
    def sender(label):
        s = socket.socket(family(ADDRESS), socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind(("", 6060))
        for number in range(3):
            s.sendto(text(label, number), (ADDRESS, PORT))
            time.sleep(0.003)

    go()
    first = os.fork()
    if first == 0:
        sender("reuse-one")
        os._exit(0)
    sender("reuse-two-longer")
    os.waitpid(first, 0)


def unconnected():
    """One UDP socket, several destinations."""
    s = socket.socket(family(ADDRESS), socket.SOCK_DGRAM)
    go()
    for number in range(4):
        s.sendto(text("unconnected", number), (ADDRESS, PORT + number % 2))


def became():
    """Another program with the same pid sends on the socket that the first one connected."""
    s = socket.socket(family(ADDRESS), socket.SOCK_STREAM)
    s.connect((ADDRESS, PORT))
    go()
    s.send(text("before-exec", 1))
    s.set_inheritable(True)
    code = "import os, socket; socket.socket(fileno=%d).send(b'after-exec PID=%%d N=2\\n' %% os.getpid())" % s.fileno()
    os.execv(sys.executable, [sys.executable, "-S", "-c", code])


def both():
    """TCP and UDP on one address and port, in two processes."""
    def sender(kind, label):
        s = socket.socket(family(ADDRESS), kind)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("", 5555))
        s.connect((ADDRESS, PORT))
        for number in range(3):
            s.send(text(label, number))

    go()
    first = os.fork()
    if first == 0:
        sender(socket.SOCK_STREAM, "both-tcp")
        os._exit(0)
    sender(socket.SOCK_DGRAM, "both-udp")
    os.waitpid(first, 0)


def prefork():
    """A parent listens; three children accept and answer, each to one client of another process."""
    listener = socket.socket(family(ADDRESS), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((ADDRESS, PORT))
    listener.listen(8)
    go()
    servers = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            s, _ = listener.accept()
            s.recv(100)
            s.send(text("served", 1))
            s.recv(100)
            os._exit(0)
        servers.append(pid)

    def client():
        s = socket.create_connection((ADDRESS, PORT))
        s.send(text("asked", 1))
        s.recv(100)

    for _ in servers:
        child(client)
    for pid in servers:
        os.waitpid(pid, 0)


def raw():
    """A protocol of nobody's through a raw socket; echo requests through another."""
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    go()
    for number in range(3):
        s.sendto(text("raw", number), (ADDRESS, 0))


def spoofed():
    """A packet socket sends a datagram in the name of the socket that another process has bound."""
    owner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    owner.bind(("", 6161))
    go()

    def attacker():
        packet = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        payload = text("spoofed-by-a-packet-socket", 1)
        source, destination = (socket.inet_aton(a) for a in (SOURCE, ADDRESS))
        datagram = struct.pack("!HHHH", 6161, PORT, 8 + len(payload), 0) + payload
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0, source, destination)
        words = struct.unpack("!10H", header)
        total = sum(words)
        total = (total & 0xFFFF) + (total >> 16)
        checksum = ~(total + (total >> 16)) & 0xFFFF
        header = header[:10] + struct.pack("!H", checksum) + header[12:]
        packet.sendto(header + datagram, (INTERFACE, 0x0800, 0, 0, b"\xff" * 6))

    owner.sendto(text("owner", 1), (ADDRESS, PORT))
    child(attacker)
    owner.sendto(text("owner", 2), (ADDRESS, PORT))


def threads():
    """Ten threads of one process, each with a connection of its own, at once."""
    def one(number):
        s = socket.create_connection((ADDRESS, PORT))
        s.send(text("thread", number))

    go()
    running = [threading.Thread(target=one, args=(number,)) for number in range(10)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def go():
    if "--go" in sys.argv:
        print("ready", flush=True)
        signal.sigwait({signal.SIGUSR1})


SOURCE, INTERFACE = "10.200.1.1", "vA"
WAYS = {
    "forked": lambda: forked(socket.SOCK_STREAM), "forked-udp": lambda: forked(socket.SOCK_DGRAM), "passed": passed,
    "reused": reused, "unconnected": unconnected, "became": became, "both": both, "prefork": prefork, "raw": raw,
    "spoofed": spoofed, "threads": threads,
}
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
ADDRESS, PORT = sys.argv[2], int(sys.argv[3])
WAYS[sys.argv[1]]()
