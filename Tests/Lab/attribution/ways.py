"""Ways to send many bytes: each fills what it sends with who sends it."""
import ctypes
import os
import socket
import sys
import tempfile

from kinds import A, B, B6, LIBC, text

MEGABYTE = 1 << 20


def connected():
    return socket.create_connection((B, 7000))


def filled(label):
    file = tempfile.TemporaryFile()
    file.write(text(label, MEGABYTE))
    file.flush()
    file.seek(0)
    return file


def udp_connected():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((B, 7000))
    for size in (20, 500, 1400):
        s.send(text("connected", size))


def udp_unconnected():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for size in (20, 500, 1400):
        for port in (7000, 7001):
            s.sendto(text("unconnected", size), (B, port))


def udp6():
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    for size in (20, 500, 1400):
        s.sendto(text("six", size), (B6, 7000))


def mapped():
    """IPv4 through IPv6 sockets."""
    s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    s.connect((f"::ffff:{B}", 7000))
    s.sendall(text("mapped", 100_000))
    d = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    for _ in range(3):
        d.sendto(text("mapped"), (f"::ffff:{B}", 7000))


def stream():
    connected().sendall(text("stream", MEGABYTE))


def sendfile():
    s, file = connected(), filled("sendfile")
    sent = 0
    while sent < MEGABYTE:
        sent += os.sendfile(s.fileno(), file.fileno(), sent, MEGABYTE - sent)


def splice():
    s, file = connected(), filled("splice")
    out, into = os.pipe()
    left = MEGABYTE
    while left:
        inside = os.splice(file.fileno(), into, min(left, 65536))
        left -= inside
        while inside:
            inside -= os.splice(out, s.fileno(), inside)


def sendmmsg():
    """Sixteen datagrams in a call."""
    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]

    class Header(ctypes.Structure):
        _fields_ = [
            ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(Vector)),
            ("count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
            ("flags", ctypes.c_int)]

    class Message(ctypes.Structure):
        _fields_ = [("header", Header), ("sent", ctypes.c_uint)]

    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((B, 7000))
    payloads = [text("sendmmsg", 40 + 64 * number) for number in range(16)]
    vectors = [Vector(payload, len(payload)) for payload in payloads]
    messages = (Message * 16)(*[Message(Header(None, 0, ctypes.pointer(vector), 1)) for vector in vectors])
    if LIBC.sendmmsg(s.fileno(), messages, 16, 0) != 16:
        sys.exit("sendmmsg")


def zerocopy():
    s = connected()
    s.setsockopt(socket.SOL_SOCKET, 60, 1)  # SO_ZEROCOPY
    payload = memoryview(text("zerocopy", MEGABYTE))
    while payload:
        payload = payload[s.send(payload[:65536], 0x4000000):]  # MSG_ZEROCOPY


def gso():
    """One call, many datagrams."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_UDP, 103, 1000)  # UDP_SEGMENT
    for _ in range(3):
        s.sendto(text("gso", 20_000), (B, 7000))


def fragments():
    for family, address in ((socket.AF_INET, B), (socket.AF_INET6, B6)):
        s = socket.socket(family, socket.SOCK_DGRAM)
        for _ in range(3):
            s.sendto(text("fragments", 8000), (address, 7000))


def mptcp():
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)  # IPPROTO_MPTCP
    s.connect((B, 7004))
    s.sendall(text("mptcp", 200_000))
