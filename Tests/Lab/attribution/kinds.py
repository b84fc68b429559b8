#!/usr/bin/env python3
"""Programs of the attribution benchmark: kinds of sockets and ways to send, each packet saying who sent it (`cNN PID=n`).

    kinds.py WAY ARGUMENT…

What begins before the recording says `ready` and goes on at SIGUSR1. `pid N` names a process that has a part in it.
"""
import os
import selectors
import signal
import socket
import sys

A, B, B6 = "10.200.1.1", "10.200.1.2", "fd00:200::2"


def text(label):
    return b"%s PID=%d\n" % (label.encode(), os.getpid())


def say(*words):
    print(*words, flush=True)


def child(body):
    """Starts a child that does `body` and ends; answers its pid."""
    pid = os.fork()
    if pid == 0:
        body()
        os._exit(0)
    say("pid", pid)
    return pid


def burst(control, count):
    """As many processes at once as there can be, each with one connection and one packet."""
    running = 0
    for _ in range(int(count)):
        while running >= 64:
            os.wait()
            running -= 1
        os.posix_spawn(control, [control, "--tcp", "c01", f"{B}:7000", "1"], {})
        running += 1
    while running:
        os.wait()
        running -= 1


def sink():
    """Takes what comes on TCP and UDP, ports 7000 and 7001. Told to end, it waits until the last connection has."""
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


if __name__ == "__main__":
    WAYS = {"burst": burst, "sink": sink}
    WAYS[sys.argv[1]](*sys.argv[2:])
