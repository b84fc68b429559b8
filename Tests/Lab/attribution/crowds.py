"""Many on one socket, frames that the kernel reads out of a program's pages, datagrams that wait for their neighbour."""
import mmap
import os
import select
import signal
import socket
import struct
import sys

import kinds
from hands import child, free
from kinds import A, B, await_all, say, text

PACKET_TX_RING = 13
SLOT, HEADER = 2048, 32  # A slot of the ring; `struct tpacket_hdr`, aligned.


def throng(count):
    """One after the other sends and reads on a connection and on a socket of datagrams that their parent opened, and ends."""
    s, datagrams = answered()
    say("pid", os.getpid())

    def body():
        s.send(text("throng"))
        s.recv(100)
        datagrams.send(text("throng"))
        datagrams.recv(100)

    for _ in range(int(count)):
        await_all([child(body)])


def answered():
    """A connection and a socket of datagrams to a server that answers."""
    datagrams = free()
    datagrams.connect((B, 7020))
    return socket.create_connection((B, 7020)), datagrams


def answering():
    """Answers on TCP and UDP, port 7020, until it is told to end."""
    signal.signal(signal.SIGUSR1, lambda *_: sys.exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    listener, datagrams = socket.create_server((B, 7020)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((B, 7020))
    waiting = [listener, datagrams]
    say("ready")
    while True:
        for s in select.select(waiting, [], [])[0]:
            if s is listener:
                waiting.append(s.accept()[0])
            elif s is datagrams:
                _, sender = s.recvfrom(100)
                s.sendto(text("answer"), sender)
            elif s.recv(100):
                s.send(text("answer"))
            else:
                waiting.remove(s)
                s.close()


def tx_ring(own, other):
    """Two processes send out of mapped rings (PACKET_TX_RING) in the name of a third one's port, who sends before and after."""
    honest = free(6161)
    honest.sendto(text("tx-ring"), (B, 7000))
    own, other = hardware(own), hardware(other)

    def body():
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        s.setsockopt(263, PACKET_TX_RING, struct.pack("IIII", 4096, 2, SLOT, 4))
        s.bind(("vA", 0x0800))
        ring = mmap.mmap(s.fileno(), 8192)
        for number in range(4):
            payload = text("tx-ring", 50 + number)
            packet = kinds.ipv4(socket.IPPROTO_UDP, struct.pack("!HHHH", 6161, 7000, 8 + len(payload), 0) + payload)
            frame = other + own + b"\x08\0" + packet
            place = number * SLOT
            ring[place + HEADER:place + HEADER + len(frame)] = frame
            ring[place + 8:place + 12] = struct.pack("I", len(frame))
            ring[place:place + 4] = struct.pack("I", 1)  # TP_STATUS_SEND_REQUEST
            s.send(b"")

    await_all([child(body), child(body)])
    honest.sendto(text("tx-ring"), (B, 7000))


def hardware(address):
    return bytes.fromhex(address.replace(":", ""))


def waited():
    """Three processes send on what they inherited while nobody answers for the neighbour's address, and are gone when somebody does."""
    s, tied = free(), free()
    tied.connect((B, 7020))

    def sends(number):
        def body():
            s.sendto(text("waited", 60 + number), (B, 7020))
            tied.send(text("waited", 80 + number))
        return body

    say("pid", os.getpid())
    await_all([child(sends(number)) for number in range(3)])
    say("waiting")
    # Their parent hears the answers.
    for _ in range(3):
        s.recv(100)
        tied.recv(100)


def bound_to_devices():
    """Two processes with one port, each bound to an interface of its own, answer."""
    asked, ask = os.pipe()

    def serve(device):
        def body():
            listener, datagrams = socket.socket(), free()
            for s in (listener, datagrams):
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.setsockopt(socket.SOL_SOCKET, 25, device.encode())  # SO_BINDTODEVICE
                s.bind(("", 6500))
            listener.listen(8)
            os.write(ask, b"x")
            for _ in range(3):
                _, sender = datagrams.recvfrom(100)
                datagrams.sendto(text("bound-to"), sender)
                one, _ = listener.accept()
                one.recv(100)
                one.send(text("bound-to"))
                one.close()
        return body

    pids = [child(serve("vA")), child(serve("vA2"))]
    for _ in pids:
        os.read(asked, 1)
    say("ready")
    await_all(pids)


def ask_devices():
    """Asks both."""
    for _ in range(3):
        for address in (A, "10.202.1.1"):
            s = free()
            s.sendto(text("ask"), (address, 6500))
            s.recv(100)
            with socket.create_connection((address, 6500)) as one:
                one.send(text("ask"))
                one.recv(100)
