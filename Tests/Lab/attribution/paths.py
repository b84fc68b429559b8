"""What becomes of a packet on its way: other ends (NAT), other devices (tunnels, bridges), other names; and endings of connections."""
import ctypes
import fcntl
import os
import select
import signal
import socket
import struct
import sys

import kinds
from hands import child
from kinds import A, B, LIBC, await_all, ipv4, say, text

IP_TRANSPARENT, IP_PKTINFO, UDP_GRO = 19, 8, 104


def udp(port=0, address=A):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if port:
        s.bind((address, port))
    return s


def forged():
    """A raw socket sends in the name of another process's sockets, and in that of another machine."""
    datagrams = udp(6401)
    stream = socket.create_connection((B, 7000))
    port = stream.getsockname()[1]

    def attacker():
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        for _ in range(3):
            for source in (A, "10.9.9.9"):
                payload = text("forged")
                s.sendto(ipv4(17, struct.pack("!HHHH", 6401, 7000, 8 + len(payload), 0) + payload, source), (B, 0))
        payload = text("forged")
        s.sendto(ipv4(6, struct.pack("!HHIIBBHHH", port, 7000, 1, 1, 0x50, 0x18, 1000, 0, 0) + payload), (B, 0))

    for _ in range(3):
        datagrams.sendto(text("victim"), (B, 7000))
        stream.send(text("victim"))
        await_all([child(attacker)])
    datagrams.sendto(text("victim"), (B, 7000))
    stream.send(text("victim"))


def spliced():
    """vmsplice, tee and splice from one pipe to another into a connection."""
    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]

    s = socket.create_connection((B, 7000))
    first, second = os.pipe(), os.pipe()
    payload = text("spliced", 30_000)
    vector = Vector(payload, len(payload))
    for _ in range(5):
        if LIBC.vmsplice(first[1], ctypes.byref(vector), 1, 0) != len(payload):
            sys.exit("vmsplice")
        if LIBC.tee(first[0], second[1], len(payload), 0) != len(payload):
            sys.exit("tee")
        for out in (first[0], second[0]):
            left = len(payload)
            while left:
                left -= os.splice(out, s.fileno(), left)


def left_behind():
    """Forked without exec; the parent, who made the sockets, ends first; then the child's child sends."""
    s, datagrams = socket.create_connection((B, 7000)), udp()
    say("pid", os.getpid())
    reader, writer = os.pipe()

    def parent():
        s.send(text("parent"))
        datagrams.sendto(text("parent"), (B, 7000))

        def grandchild():
            os.close(writer)
            os.read(reader, 1)
            for _ in range(3):
                s.send(text("grandchild"))
                datagrams.sendto(text("grandchild"), (B, 7000))

        child(grandchild)

    # Whose orphan becomes this one's.
    LIBC.prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    await_all([child(parent)])
    s.close()
    datagrams.close()
    os.close(writer)
    _, status = os.wait()
    if status:
        sys.exit("left_behind")


def ended():
    """Connections that end by a reset: SO_LINGER, data that nobody read, a process that is killed; and by a shutdown of one half."""
    def lingering():
        s = socket.create_connection((B, 7000))
        s.send(text("lingering"))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()

    def killed():
        s = socket.create_connection((B, 7000))
        s.send(text("killed"))
        os.kill(os.getpid(), signal.SIGKILL)

    def half():
        s = socket.create_connection((B, 7000))
        s.send(text("half"))
        s.shutdown(socket.SHUT_WR)
        s.recv(1)

    for body in (lingering, half):
        await_all([child(body)])
    os.waitpid(child(killed), 0)


def kept_alive():
    """Keep-alive probes of a connection that is quiet."""
    s = socket.create_connection((B, 7000))
    for option, value in ((4, 1), (5, 1), (6, 5)):  # TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT
        s.setsockopt(socket.IPPROTO_TCP, option, value)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    s.send(text("kept"))
    signal.sigtimedwait([], 3.5)
    s.send(text("kept"))


def one_table():
    """Two processes with one table of descriptors (CLONE_FILES): one opens, both send."""
    import threading
    s = socket.create_connection((B, 7000))
    datagrams = udp()
    s.send(text("first"))
    datagrams.sendto(text("first"), (B, 7000))
    pid = LIBC.syscall(56, 0x400 | signal.SIGCHLD, None, None, None, None)  # clone, CLONE_FILES
    if pid == 0:
        for _ in range(3):
            s.send(text("second"))
            datagrams.sendto(text("second"), (B, 7000))
        more = udp()
        more.sendto(text("second"), (B, 7000))
        os._exit(0)
    say("child", pid)
    await_all([pid])
    s.send(text("first"))


def one_socket():
    """Four processes receive from one UDP socket that their parent made, and answer."""
    s = udp(7011, B)

    def serve():
        while True:
            _, sender = s.recvfrom(100)
            s.sendto(text("answer", 60), sender)

    pids = [child(serve) for _ in range(4)]
    s.close()
    say("pid", os.getpid())
    say("ready")
    signal.sigwait({signal.SIGUSR1})
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def ask_one():
    def client():
        for _ in range(10):
            d = udp()
            d.settimeout(10)
            d.sendto(text("asks", 60), (B, 7011))
            d.recv(100)

    await_all([child(client) for _ in range(4)])


def again():
    """A connection that is refused, and the same socket's next one; a datagram socket whose port is closed."""
    s = socket.socket()
    try:
        s.connect((B, 7999))
        sys.exit("again: the port is open")
    except ConnectionRefusedError:
        pass
    s.connect((B, 7000))
    s.send(text("again"))
    d = udp()
    d.connect((B, 7999))
    d.send(text("closed"))
    try:
        d.recv(10)
    except ConnectionRefusedError:
        pass
    d.connect((B, 7000))
    d.send(text("again"))


def itself():
    """A connection with itself (RFC 9293, simultaneous open), and a datagram socket that is its own peer."""
    s = socket.socket()
    s.bind(("127.0.0.1", 7400))
    s.connect(("127.0.0.1", 7400))
    for _ in range(3):
        s.send(text("itself"))
        s.recv(100)
    d = udp(7400, "127.0.0.1")
    d.connect(("127.0.0.1", 7400))
    for _ in range(3):
        d.send(text("itself"))
        d.recv(100)


def takes(port, address=B, option=0):
    """Takes what comes to a port, by TCP and UDP, says who it is where it can, and answers no datagram."""
    listener, datagrams = socket.socket(), udp()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for s in (listener, datagrams):
        if int(option):
            s.setsockopt(socket.SOL_IP, int(option), 1)
        s.bind((address, int(port)))
    listener.listen(1024)
    chosen = {listener.fileno(): listener, datagrams.fileno(): datagrams}
    told, wake = socket.socketpair()
    wake.setblocking(False)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGUSR1, lambda *_: None)
    chosen[told.fileno()] = told
    say("ready")
    while True:
        for number in select.select(list(chosen), [], [])[0]:
            s = chosen[number]
            if s is told:
                return
            if s is listener:
                connection, _ = s.accept()
                connection.send(text("takes"))
                chosen[connection.fileno()] = connection
            elif s is datagrams:
                s.recv(65536)
            else:
                try:
                    if s.recv(65536):
                        continue
                except ConnectionError:
                    pass
                del chosen[number]
                s.close()


def crowd(port, count=200, address=B):
    """So many connections at once, each its own process's, each answered with a word."""
    def client():
        s = socket.create_connection((address, int(port)))
        s.send(text("crowd"))
        s.recv(100)
        s.close()

    await_all([child(client) for _ in range(int(count))])


def from_port(port, address=B):
    """From a port of its own choosing, to 7000."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", int(port)))
    s.connect((address, 7000))
    for _ in range(3):
        s.send(text("from-port"))
    d = udp()
    d.bind(("", int(port)))
    for _ in range(3):
        d.sendto(text("from-port"), (address, 7000))


def other_source():
    """One unconnected socket sends from several addresses (IP_PKTINFO), and two sockets have one port of different addresses."""
    s = udp()
    for address in (A, "10.200.1.3", "10.200.1.4"):
        info = struct.pack("=I4s4s", 0, socket.inet_aton(address), bytes(4))
        s.sendmsg([text("other-source")], [(socket.IPPROTO_IP, IP_PKTINFO, info)], 0, (B, 7000))

    def bound(address):
        def body():
            d = udp(6420, address)
            for _ in range(3):
                d.sendto(text("bound"), (B, 7000))
        return body

    await_all([child(bound(address)) for address in (A, "10.200.1.3", "10.200.1.4")])


def tunnel(name, own, peer, port, inner):
    """A VPN: what is routed into a TUN device goes out in datagrams, scrambled, each with this process's own word."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
    os.system(f"ip addr add {inner}/24 dev {name} && ip link set {name} up")
    s = udp(int(port), own)
    told, wake = socket.socketpair()
    wake.setblocking(False)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGUSR1, lambda *_: None)
    word = text("tunnel", 40)
    say("ready")
    while True:
        for one in select.select([device, s, told], [], [])[0]:
            if one is told:
                return
            if one is s:
                os.write(device, bytes(byte ^ 0x55 for byte in s.recv(4096)[40:]))
            else:
                s.sendto(word + bytes(byte ^ 0x55 for byte in os.read(device, 4096)), (peer, int(port)))


def gro():
    """One call, many datagrams, to a socket that takes many at once (UDP_GRO)."""
    s = udp()
    s.setsockopt(socket.IPPROTO_UDP, 103, 1000)  # UDP_SEGMENT
    for _ in range(3):
        s.sendto(text("gro", 20_000), (B, 7012))


def takes_gro():
    s = udp(7012, B)
    s.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    say("ready")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    signal.signal(signal.SIGUSR1, lambda *_: sys.exit(0))
    while True:
        s.recv(1 << 16)


def member(port, group="239.1.2.4", address=B):
    """One of a group's receivers."""
    r = udp()
    r.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    r.bind(("", int(port)))
    r.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton(address))
    say("ready")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    signal.signal(signal.SIGUSR1, lambda *_: sys.exit(0))
    while True:
        r.recv(1 << 16)


def to_group(port, group="239.1.2.4"):
    s = udp()
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(A))
    for _ in range(3):
        s.sendto(text("to-group"), (group, int(port)))


def subflows():
    """MPTCP with a second subflow, which the kernel makes."""
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
    s.connect((B, 7004))
    s.sendall(text("mptcp", 20_000))
    signal.sigtimedwait([], 0.5)
    s.sendall(text("mptcp", 400_000))
