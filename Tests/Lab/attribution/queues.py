"""What lies in a queue: data that nobody reads yet, and frames that an interface sends later."""
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import time

import kinds
from hands import child, free
from kinds import B, await_all, say, text

SIOCOUTQ = 0x5411


def late_readers():
    """Answers on port 7040. Datagrams are read by a child that is forked 0.4 s after the first of them; a connection, accepted at once, by a child
    after as long."""
    signal.signal(signal.SIGUSR1, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener, datagrams = socket.create_server((B, 7040)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((B, 7040))

    def read_datagrams():
        datagrams.settimeout(0.2)
        try:
            while True:
                _, sender = datagrams.recvfrom(100)
                datagrams.sendto(text("late"), sender)
        except TimeoutError:
            pass

    def read(connection):
        time.sleep(0.4)
        while connection.recv(100):
            connection.send(text("late"))

    say("pid", os.getpid())
    say("ready")
    reading = 0
    while True:
        waiting = [listener] if time.monotonic() < reading else [listener, datagrams]
        ready = select.select(waiting, [], [], 0.1)[0]
        if listener in ready:
            connection, _ = listener.accept()
            child(lambda: read(connection))
            connection.close()
        if datagrams in ready:
            time.sleep(0.4)
            child(read_datagrams)
            reading = time.monotonic() + 0.6


def ask_late():
    """Three processes ask, twice; who asks the second time is answered by others."""
    def body():
        datagrams = free()
        datagrams.sendto(text("ask"), (B, 7040))
        with socket.create_connection((B, 7040)) as one:
            for _ in range(2):
                one.send(text("ask"))
                one.recv(100)
        datagrams.recv(100)

    for _ in range(2):
        await_all([child(body) for _ in range(3)])


def on_its_way():
    """A child asks and gives the sockets away (SCM_RIGHTS), closes them and ends; they are taken half a second later."""
    for _ in range(3):
        mine, theirs = socket.socketpair()

        def body():
            datagrams, one = free(), socket.create_connection((B, 7020))
            datagrams.sendto(text("giver"), (B, 7020))
            one.send(text("giver"))
            socket.send_fds(theirs, [b"x"], [datagrams.fileno(), one.fileno()])
            datagrams.close()
            one.close()

        await_all([child(body)])
        time.sleep(0.5)
        _, descriptors, _, _ = socket.recv_fds(mine, 1, 2)
        for descriptor in descriptors:
            with socket.socket(fileno=descriptor) as s:
                s.recv(100)
    say("pid", os.getpid())


def behind_queue():
    """Three processes send through sockets that they share and through their own, and are gone long before the frames leave."""
    shared, tied, raw = free(), free(), socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    tied.connect((B, 7001))

    def body():
        own = free()
        for _ in range(8):
            shared.sendto(text("shared", 300), (B, 7000))
            tied.send(text("tied", 300))
            raw.sendto(text("raw", 300), (B, 0))
            own.sendto(text("own", 300), (B, 7000))

    say("pid", os.getpid())
    await_all([child(body) for _ in range(3)])
    last = free()
    last.sendto(text("last", 300), (B, 7000))
    while struct.unpack("i", fcntl.ioctl(last, SIOCOUTQ, bytes(4)))[0]:
        time.sleep(0.01)
