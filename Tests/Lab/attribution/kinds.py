#!/usr/bin/env python3
"""Programs of the attribution benchmark: kinds of sockets and ways to send, each packet saying who sent it (`cNN PID=n`).

    kinds.py WAY ARGUMENT…

What begins before the recording says `ready` and goes on at SIGUSR1. `pid N` names a process that
has a part in what others send, `child N` one that only sends.
"""
import ctypes
import os
import selectors
import signal
import socket
import struct
import sys

A, B, A6, B6 = "10.200.1.1", "10.200.1.2", "fd00:200::1", "fd00:200::2"
LIBC = ctypes.CDLL(None, use_errno=True)


def text(label, bytes=0):
    """Who sends it, as the machine numbers him, as often as fills `bytes`."""
    one = b"%s PID=%s\n" % (label.encode(), os.readlink("/proc/self").encode())
    return (one * (bytes // len(one) + 1))[:bytes] if bytes else one


def say(*words):
    print(*words, flush=True)


def go():
    """What was opened is open before the recording; what follows comes after it began."""
    say("ready")
    signal.sigwait({signal.SIGUSR1})


def child(body):
    """Starts a child that does `body` and ends; answers its pid."""
    pid = os.fork()
    if pid == 0:
        body()
        os._exit(0)
    return pid


def await_all(pids):
    for pid in pids:
        _, status = os.waitpid(pid, 0)
        if status:
            sys.exit(f"kinds: a child ended with {status}")


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def echo(identifier, number, payload, kind=8):
    """An echo request (RFC 792); the kernel fills the checksum of ICMPv6 in."""
    head = struct.pack("!BBHHH", kind, 0, 0, identifier, number)
    return struct.pack("!BBHHH", kind, 0, checksum(head + payload), identifier, number) + payload


def ipv4(proto, payload, source=A, target=B):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, 64, proto, 0, *map(socket.inet_aton, (source, target)))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def allow_ping():
    with open("/proc/sys/net/ipv4/ping_group_range", "w") as file:
        file.write("0 2147483647")


def burst(control, count):
    """As many processes at once as there can be, each with one connection and one packet."""
    running = 0
    for _ in range(int(count)):
        while running >= 64:
            os.wait()
            running -= 1
        say("child", os.posix_spawn(control, [control, "--tcp", "c01", f"{B}:7000", "1"], {}))
        running += 1
    while running:
        os.wait()
        running -= 1


def sink():
    """Takes what comes on TCP and UDP, ports 7000 and 7001, and MPTCP on 7004. Told to end, it waits until the last connection has."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    chosen = selectors.DefaultSelector()
    told, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGUSR1, lambda *_: None)
    chosen.register(told, selectors.EVENT_READ, "told")
    for port in (7000, 7001):
        listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=4096)
        chosen.register(listener, selectors.EVENT_READ, "listener")
        datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        datagrams.bind(("::", port))
        chosen.register(datagrams, selectors.EVENT_READ, "datagrams")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)  # IPPROTO_MPTCP
    listener.bind((B, 7004))
    listener.listen()
    chosen.register(listener, selectors.EVENT_READ, "listener")
    say("ready")
    connections, ending = 0, False
    while True:
        events = chosen.select(0.2 if ending else None)
        if ending and not events and connections == 0:
            return
        for key, _ in events:
            s = key.fileobj
            if key.data == "told":
                s.recv(100)
                ending = True
            elif key.data == "listener":
                connection, _ = s.accept()
                connections += 1
                chosen.register(connection, selectors.EVENT_READ, "connection")
            else:
                try:
                    taken = s.recv(1 << 18)
                except ConnectionError:
                    taken = b""
                if key.data == "connection" and not taken:
                    chosen.unregister(s)
                    s.close()
                    connections -= 1


def held():
    """Sockets of every kind, each in a process of its own, that were open before the recording."""
    allow_ping()

    def tcp(s):
        s.send(text("c04"))

    def udp(s):
        s.send(text("c04"))

    def free(s):
        s.sendto(text("c04"), (B, 7000))

    def ping(s):
        s.sendto(echo(0, 1, text("c04")), (B, 0))

    def other(s):
        s.sendto(text("c04"), (B, 0))

    def packet(s):
        s.sendto(ipv4(253, text("c04")), ("vA", 0x0800, 0, 0, b"\xff" * 6))

    kinds = [
        (socket.AF_INET, socket.SOCK_STREAM, 0, True, tcp), (socket.AF_INET, socket.SOCK_DGRAM, 0, True, udp),
        (socket.AF_INET, socket.SOCK_DGRAM, 0, False, free),
        (socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP, False, ping),
        (socket.AF_INET, socket.SOCK_RAW, 253, False, other), (socket.AF_PACKET, socket.SOCK_DGRAM, 0, False, packet),
    ]
    pids = []
    for family, kind, proto, connects, send in kinds:
        mine, theirs = socket.socketpair()

        def body():
            s = socket.socket(family, kind, proto)
            if connects:
                s.connect((B, 7000))
            theirs.send(b"x")
            signal.sigwait({signal.SIGUSR1})
            for _ in range(3):
                send(s)

        pids.append(child(body))
        mine.recv(1)
    go()
    for pid in pids:
        os.kill(pid, signal.SIGUSR1)
    await_all(pids)


def icmp():
    """Echoes by a raw socket and by a ping socket, over both families, and a protocol of nobody's."""
    allow_ping()

    def raw():
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        for number in range(3):
            s.sendto(echo(0x1234, number, text("c06")), (B, 0))

    def raw6():
        s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        for number in range(3):
            s.sendto(echo(0x1234, number, text("c06"), 128), (B6, 0))

    def ping():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
        for number in range(3):
            s.sendto(echo(0, number, text("c06")), (B, 0))
            s.recv(1000)

    def ping6():
        s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6)
        for number in range(3):
            s.sendto(echo(0, number, text("c06"), 128), (B6, 0))
            s.recv(1000)

    await_all([child(body) for body in (raw, raw6, ping, ping6, unknown)])


def unknown():
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    for _ in range(3):
        s.sendto(text("raw"), (B, 0))


def headed():
    """Whole IP packets through a raw socket: a datagram from a port that nobody has."""
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for _ in range(3):
        payload = text("headed")
        s.sendto(ipv4(17, struct.pack("!HHHH", 6543, 7000, 8 + len(payload), 0) + payload), (B, 0))


def spoof():
    """A packet socket sends datagrams and segments in the name of another process's sockets, then a frame past the taps."""
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((A, 6161))
    stream = socket.create_connection((B, 7000))
    port = stream.getsockname()[1]

    def attacker():
        s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        to = ("vA", 0x0800, 0, 0, b"\xff" * 6)
        for _ in range(3):
            payload = text("c07-udp")
            s.sendto(ipv4(17, struct.pack("!HHHH", 6161, 7000, 8 + len(payload), 0) + payload), to)
        payload = text("c07-tcp")
        segment = struct.pack("!HHIIBBHHH", port, 7000, 1, 1, 0x50, 0x18, 1000, 0, 0) + payload
        s.sendto(ipv4(6, segment), to)
        s.setsockopt(263, 20, 1)  # SOL_PACKET, PACKET_QDISC_BYPASS
        s.sendto(text("c07-bypass"), ("vA", 0x88B5, 0, 0, b"\xff" * 6))

    for number in range(3):
        datagrams.sendto(text("c07-victim"), (B, 7000))
        stream.send(text("c07-victim"))
        await_all([child(attacker)])
    datagrams.sendto(text("c07-victim"), (B, 7000))
    stream.send(text("c07-victim"))


def same():
    """The same five-tuple in two namespaces: address and port are given."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        s = socket.socket(socket.AF_INET, kind)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((A, 40000))
        s.connect((B, 7000))
        for _ in range(3):
            s.send(text("c08"))


def plain(label, address=B, port=7000, bytes=0):
    """A connection and an unconnected socket."""
    s = socket.create_connection((address, int(port)))
    s.sendall(text(label, int(bytes)))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(3):
        datagrams.sendto(text(label), (address, int(port)))
    s.sendall(text(label))


def refused(address, port):
    try:
        socket.create_connection((address, int(port)))
    except ConnectionRefusedError:
        return
    sys.exit("kinds: the port is open")


def late():
    """Closes; what the other end still says meets a connection that nobody has."""
    s = socket.create_connection((B, 7002))
    s.send(text("c10"))
    s.close()
    signal.sigtimedwait([], 0.5)


def late_server():
    """Answers once its client has gone."""
    listener = socket.create_server((B, 7002))
    say("ready")
    s, _ = listener.accept()
    while s.recv(1000):
        pass
    try:
        s.send(text("c10-late"))
        s.recv(1000)
    except ConnectionError:
        pass
    signal.sigwait({signal.SIGUSR1})


def orphan():
    """Writes two megabytes and ends; the kernel sends most of them."""
    s = socket.create_connection((B, 7000))
    s.setsockopt(socket.SOL_SOCKET, 32, 4 << 20)  # SO_SNDBUFFORCE
    s.sendall(text("c10", 2 << 20))
    os._exit(0)


def prefork():
    """A parent listens; children accept and answer; then it accepts itself and gives each connection to a program."""
    listener = socket.create_server((B, 7003))

    def accepts():
        s, _ = listener.accept()
        s.recv(100)
        s.send(text("c12"))
        s.recv(100)

    children = [child(accepts) for _ in range(3)]
    say("pid", os.getpid())
    say("ready")
    await_all(children)
    code = "import os, socket; s = socket.socket(fileno=0); s.recv(100); s.send(b'c12 PID=%d\\n' % os.getpid()); s.recv(100)"
    for _ in range(3):
        s, _ = listener.accept()
        pid = os.fork()
        if pid == 0:
            os.dup2(s.fileno(), 0)
            os.execv(sys.executable, [sys.executable, "-S", "-c", code])
        s.close()
        os.waitpid(pid, 0)
    signal.sigwait({signal.SIGUSR1})


def ask(port, count):
    def client():
        s = socket.create_connection((B, int(port)))
        s.send(text("c12-asks"))
        s.recv(100)

    for _ in range(int(count)):
        await_all([child(client)])


def elsewhere(namespace, back):
    """Sockets of a namespace that the process is not in when it sends."""
    def enter(path):
        with open(path) as file:
            if LIBC.setns(file.fileno(), 0x40000000):  # CLONE_NEWNET
                raise OSError(ctypes.get_errno(), "setns")

    enter(namespace)
    s, datagrams = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    enter(back)
    s.connect((B, 7000))
    for _ in range(3):
        s.send(text("c14"))
        datagrams.sendto(text("c14"), (B, 7000))


def local():
    """Two processes on loopback, each with a word."""
    listener = socket.create_server(("127.0.0.1", 7005))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 7005))

    def client():
        listener.close()
        datagrams.close()
        s = socket.create_connection(("127.0.0.1", 7005))
        s.send(text("c14"))
        s.recv(100)
        d = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        d.sendto(text("c14"), ("127.0.0.1", 7005))
        d.recv(100)

    pid = child(client)
    s, _ = listener.accept()
    s.recv(100)
    s.send(text("c14"))
    _, sender = datagrams.recvfrom(100)
    datagrams.sendto(text("c14"), sender)
    await_all([pid])


if __name__ == "__main__":
    import crowds
    import hands
    import paths
    import ports
    import queues
    import ways

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    way, *arguments = sys.argv[1:]
    ({**globals(), **vars(ways), **vars(hands), **vars(ports), **vars(paths), **vars(crowds), **vars(queues)})[way](*arguments)
