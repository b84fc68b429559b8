"""Sockets that pass through hands: taken from a process, given away, shared by several that send at the same time."""
import array
import ctypes
import os
import signal
import socket
import sys
import threading

import kinds
from kinds import A, B, LIBC, await_all, say, text
from ways import connected

ROUNDS = 500


def child(body):
    """As its namesake, and says who it is: what it sent may be lost."""
    pid = kinds.child(body)
    say("child", pid)
    return pid


def named(label, name):
    """As `text`, with the name that its process goes by."""
    return b"%s AS=%s PID=%s\n" % (label.encode(), name.encode(), os.readlink("/proc/self").encode())


def call_oneself(name):
    LIBC.prctl(15, name.encode())  # PR_SET_NAME


def free(port=0):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if port:
        s.bind((A, port))
    return s


def taken():
    """A process takes another's sockets out of it (pidfd_getfd); that one ends; then it sends."""
    ours, theirs = socket.socketpair()

    def giver():
        s, datagrams = connected(), free(6201)
        say("pid", os.getpid())
        theirs.send(array.array("i", [s.fileno(), datagrams.fileno()]).tobytes())
        theirs.recv(1)

    pid = child(giver)
    numbers = array.array("i", ours.recv(8))
    handle = os.pidfd_open(pid)
    s, datagrams = (socket.socket(fileno=LIBC.syscall(438, handle, number, 0)) for number in numbers)
    ours.send(b"x")
    await_all([pid])
    for _ in range(3):
        s.send(text("taken"))
        datagrams.sendto(text("taken"), (B, 7000))


def given():
    """An unconnected socket given away twice (SCM_RIGHTS): each sends once it has it, and ends."""
    links = [socket.socketpair() for _ in range(3)]

    def hand(number):
        def body():
            if number:
                _, descriptors, _, _ = socket.recv_fds(links[number - 1][1], 1, 1)
                s = socket.socket(fileno=descriptors[0])
            else:
                s = free(6202)
            for _ in range(3):
                s.sendto(text("given"), (B, 7000))
            socket.send_fds(links[number][0], [b"x"], [s.fileno()])
        return body

    await_all([child(hand(number)) for number in range(3)])


def in_turn():
    """Two processes write on one connection in turn."""
    s = connected()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    mine, theirs = socket.socketpair()

    def other():
        for _ in range(ROUNDS):
            theirs.recv(1)
            s.send(text("in-turn-child", 70))
            theirs.send(b"x")

    pid = child(other)
    for _ in range(ROUNDS):
        s.send(text("in-turn", 50))
        mine.send(b"x")
        mine.recv(1)
    await_all([pid])


def together(send, count=ROUNDS, processes=3):
    """Several processes do the same at once on what they inherited."""
    gate, starts = os.pipe()

    def body():
        os.close(starts)
        os.read(gate, 1)
        for _ in range(count):
            send()

    say("pid", os.getpid())
    pids = [child(body) for _ in range(processes)]
    os.close(starts)
    await_all(pids)


def at_once_tcp():
    """Three processes write on one connection, whenever they like."""
    s = connected()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    together(lambda: s.send(text("at-once", 60)))


def at_once_much():
    """Two processes write a megabyte each on one connection: the kernel takes of both as there is room."""
    s = connected()
    together(lambda: s.sendall(text("much", 1 << 19)), count=2, processes=2)


def at_once_multipath(port):
    """Three processes write on one connection of MPTCP, little and much."""
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
    s.connect((B, int(port)))
    together(lambda: (s.sendall(text("little", 60)), s.sendall(text("much", 20_000))), count=30)


def at_once_udp():
    """Three processes send datagrams of one length through one socket."""
    s = free()
    together(lambda: s.sendto(text("at-once", 60), (B, 7000)))


def at_once_connected():
    s = free()
    s.connect((B, 7000))
    together(lambda: s.send(text("at-once", 60)))


def at_once_raw():
    """Two processes through one raw socket, two through one packet socket."""
    from kinds import ipv4
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    packet = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    to = ("vA", 0x0800, 0, 0, b"\xff" * 6)

    def send():
        raw.sendto(text("at-once", 60), (B, 0))
        packet.sendto(ipv4(254, text("at-once", 61)), to)

    together(send, count=200, processes=2)


def fork_and_send():
    """Fork without exec: parent and child go on at once, on one UDP socket and one connection."""
    s, datagrams = connected(), free()
    for _ in range(20):
        pid = child(lambda: (datagrams.sendto(text("fork", 60), (B, 7000)), s.send(text("fork", 60))))
        datagrams.sendto(text("fork", 60), (B, 7000))
        s.send(text("fork", 60))
        await_all([pid])


def threads():
    """Threads with names of their own on sockets of their own and on a shared one; the process keeps its name."""
    call_oneself("the-process")
    shared = free()

    def body(number):
        call_oneself(f"thread-{number}")
        s = connected()
        for _ in range(5):
            s.send(named("thread", "the-process"))
            shared.sendto(named("thread", "the-process"), (B, 7000))

    running = [threading.Thread(target=body, args=(number,)) for number in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def renamed():
    """A process that calls itself something else now and then, and becomes another program in between."""
    s, datagrams = connected(), free()
    for name in ("one", "two", "three"):
        call_oneself(name)
        s.send(named("renamed", name))
        datagrams.sendto(named("renamed", name), (B, 7000))
    code = ("import os, socket; name = open('/proc/self/comm').read().strip(); "
            "s, d = socket.socket(fileno=%d), socket.socket(fileno=%d); "
            "line = b'exec AS=%%s PID=%%d\\n' %% (name.encode(), os.getpid()); "
            "s.send(line); d.sendto(line, ('%s', 7000))" % (s.fileno(), datagrams.fileno(), B))
    s.set_inheritable(True)
    datagrams.set_inheritable(True)
    os.execv(sys.executable, [sys.executable, "-S", "-c", code])


def same_pid():
    """A pid that is used again at once by a program of another name, several times."""
    with open("/proc/sys/kernel/ns_last_pid", "w") as last:
        def sender(name):
            def body():
                call_oneself(name)
                s, datagrams = connected(), free()
                for _ in range(2):
                    s.send(named("same-pid", name))
                    datagrams.sendto(named("same-pid", name), (B, 7000))
            return body

        pid = child(sender("first-life"))
        await_all([pid])
        lives = 0
        for _ in range(2000):
            last.seek(0)
            last.write(f"{pid - 1}")
            last.flush()
            again = os.fork()
            if again == 0:
                if os.getpid() == pid:
                    sender(f"life-{lives}")()
                os._exit(0)
            await_all([again])
            lives += again == pid
            if lives == 5:
                return
    sys.exit("hands: the pid did not come again")


def churn():
    """4,000 sockets that live for a packet each."""
    def body():
        for number in range(500):
            s = free()
            s.sendto(text("churn"), (B, 7000 + number % 2))
            s.close()
            s = connected()
            s.send(text("churn"))
            s.close()

    await_all([child(body) for _ in range(4)])


def port_again():
    """A port that another process takes the moment it is free: TCP without TIME_WAIT (SO_LINGER 0), UDP at once."""
    def body():
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        s.bind((A, 6203))
        s.connect((B, 7000))
        datagrams = free(6203)
        for _ in range(2):
            s.send(text("port-again"))
            datagrams.sendto(text("port-again"), (B, 7000))
        s.close()

    for _ in range(40):
        await_all([child(body)])


def few_ports():
    """Sixteen ports for all: each is another process's in a moment, connected or not."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as range_:
        range_.write("40000 40015")

    def body(number):
        def act():
            s = free()
            if number % 2:
                s.connect((B, 7000))
            for _ in range(3):
                s.send(text("few-ports")) if number % 2 else s.sendto(text("few-ports"), (B, 7000))
        return act

    for _ in range(60):
        await_all([child(body(number)) for number in range(6)])
