"""Who has which port: groups of sockets on one, sockets bound to what is not there, sockets that are one thing and then another."""
import os
import signal
import socket
import struct

import kinds
from hands import child
from kinds import A, B, B6, await_all, say, text

IP_TRANSPARENT, SO_REUSEPORT_CBPF, MSG_MORE, MSG_FASTOPEN = 19, 51, 0x8000, 0x20000000


def udp(family=socket.AF_INET):
    return socket.socket(family, socket.SOCK_DGRAM)


def group():
    """Four processes on one port, with TCP and UDP, answer whom they are given; a BPF program chooses by the client's processor."""
    members = []
    for number in range(4):
        listener = socket.socket()
        datagrams = udp()
        for s in (listener, datagrams):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind((B, 7010))
        listener.listen(64)
        members.append((listener, datagrams))
    # ld [random]; mod 4; ret a
    program = b"".join(struct.pack("HBBI", *one) for one in ((0x20, 0, 0, 0xFFFFF038), (0x94, 0, 0, 4), (0x16, 0, 0, 0)))
    import ctypes
    buffer = ctypes.create_string_buffer(program)
    for s in members[0]:
        s.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT_CBPF, struct.pack("HxxxxxxP", 3, ctypes.addressof(buffer)))

    def serve(number):
        def body():
            for other, pair in enumerate(members):
                if other != number:
                    for s in pair:
                        s.close()
            listener, datagrams = members[number]
            import selectors
            chosen = selectors.DefaultSelector()
            for s in (listener, datagrams):
                chosen.register(s, selectors.EVENT_READ)
            while True:
                for key, _ in chosen.select():
                    if key.fileobj is listener:
                        s, _ = listener.accept()
                        s.recv(100)
                        s.send(text("group"))
                        s.close()
                    else:
                        _, sender = datagrams.recvfrom(100)
                        datagrams.sendto(text("group", 60), sender)
        return body

    pids = [child(serve(number)) for number in range(4)]
    for pair in members:
        for s in pair:
            s.close()
    say("pid", os.getpid())
    say("ready")
    signal.sigwait({signal.SIGUSR1})
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def ask_group():
    def client():
        for _ in range(10):
            s = socket.create_connection((B, 7010))
            s.send(text("asks"))
            s.recv(100)
            d = udp()
            d.settimeout(10)
            d.sendto(text("asks", 60), (B, 7010))
            d.recv(100)

    await_all([child(client) for _ in range(4)])


def bound():
    """SO_BINDTODEVICE, and IP_TRANSPARENT: an address that is not there."""
    def to_device():
        s = udp()
        s.setsockopt(socket.SOL_SOCKET, 25, b"vA\0")  # SO_BINDTODEVICE
        for _ in range(3):
            s.sendto(text("device"), (B, 7000))

    def elsewhere():
        s = udp()
        s.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
        s.bind(("10.200.1.77", 6301))
        for _ in range(3):
            s.sendto(text("elsewhere"), (B, 7000))

    for body in (to_device, elsewhere):
        await_all([child(body)])


def disconnected():
    """One UDP socket: connected, connected elsewhere, disconnected (AF_UNSPEC), and free."""
    import ctypes
    s = udp()
    for port in (7000, 7001):
        s.connect((B, port))
        s.send(text("connected"))
    kinds.LIBC.connect(s.fileno(), ctypes.create_string_buffer(16), 16)
    for port in (7001, 7000):
        s.sendto(text("disconnected"), (B, port))
    s.connect((B, 7000))
    s.send(text("connected"))


def corked():
    """Datagrams and segments that are put together from several sends (MSG_MORE)."""
    s, stream = udp(), socket.create_connection((B, 7000))
    s.connect((B, 7000))
    for _ in range(3):
        for one in (s, stream):
            one.send(text("corked"), MSG_MORE)
            one.send(text("corked"), MSG_MORE)
            one.send(text("corked"))


def fast_open():
    """Data in the SYN (TCP_FASTOPEN), where the server gives a cookie for it."""
    with open("/proc/sys/net/ipv4/tcp_fastopen", "w") as file:
        file.write("3")
    for _ in range(3):
        s = socket.socket()
        s.sendto(text("fast-open"), MSG_FASTOPEN, (B, 7000))
        s.send(text("fast-open"))
        s.close()


def groups():
    """Multicast and broadcast, with several receivers of one host."""
    receivers = []
    for _ in range(2):
        r = udp()
        r.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        r.bind(("", 6302))
        r.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.3") + socket.inet_aton(A))
        receivers.append(r)
    s = udp()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(A))
    for _ in range(3):
        s.sendto(text("group"), ("239.1.2.3", 6302))
        s.sendto(text("group"), ("10.200.1.255", 6302))


def options6():
    """IPv6 with extension headers: destination options and hop-by-hop ones, and fragments of them."""
    s = udp(socket.AF_INET6)
    padding = bytes([0, 0, 1, 4, 0, 0, 0, 0])
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, padding)
    for size in (40, 4000):
        s.sendto(text("options", size), (B6, 7000))


def ported():
    """A port that is the connection's, the listener's and a datagram socket's at once, in several processes, from both families."""
    def connection(family, address, own):
        def body():
            s = socket.socket(family)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((own, 6303))
            s.connect((address, 7000))
            s.send(text("ported"))
            d = udp(family)
            if family == socket.AF_INET6:
                d.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            d.bind(("", 6303))
            for _ in range(3):
                d.sendto(text("ported", 60), (address, 7000))
        return body

    await_all([child(connection(socket.AF_INET, B, A)), child(connection(socket.AF_INET6, B6, "fd00:200::1"))])
