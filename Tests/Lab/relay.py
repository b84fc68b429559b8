"""TCP over a bad way, with an answer: two namespaces whose TUN devices a relay joins, which delays, loses and reorders.

    relay.py DIRECTORY LOSS REORDER [SEED]

Three connections send 120 kB and receive 20 kB. DIRECTORY/sender.pcap and receiver.pcap are what tcpdump saw at either end; printed is what the
sender's kernel says it sent again (tcpi_total_retrans). Shares of one: LOSS of the sender's packets, REORDER of all, which take 3 ms longer than
the 10 ms of the others. Root is needed; the namespaces are removed whatever happens.
"""
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

DELAY, LONGER = 0.010, 0.003
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000

SERVER = """
import socket
listener = socket.create_server(("", 7000))
print("ready", flush=True)
for _ in range(3):
    peer, _ = listener.accept()
    while peer.recv(65536): pass
    peer.sendall(b"y" * 20000)
    peer.close()
"""

# tcpi_total_retrans stands at byte 100 of struct tcp_info (option TCP_INFO, 11).
CLIENT = """
import socket, struct
for _ in range(3):
    peer = socket.create_connection(("10.200.7.2", 7000))
    peer.sendall(b"x" * 120000)
    peer.shutdown(socket.SHUT_WR)
    while peer.recv(65536): pass
    again, = struct.unpack_from("I", peer.getsockopt(socket.IPPROTO_TCP, 11, 232), 100)
    print("port", peer.getsockname()[1], "sent again", again, flush=True)
    peer.close()
"""


def tun(namespace, address, peer):
    """A TUN device in a namespace of its own; the descriptor stays here."""
    subprocess.run(["ip", "netns", "add", namespace], check=True)
    libc = ctypes.CDLL(None, use_errno=True)
    home, there = os.open("/proc/self/ns/net", os.O_RDONLY), os.open("/run/netns/" + namespace, os.O_RDONLY)
    libc.setns(there, 0)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"t0", IFF_TUN | IFF_NO_PI))
    libc.setns(home, 0)
    inside = ["ip", "-n", namespace]
    subprocess.run(inside + ["addr", "add", address, "peer", peer, "dev", "t0"], check=True)
    subprocess.run(inside + ["link", "set", "t0", "up", "txqueuelen", "5000"], check=True)
    return device


def start(namespace, *command, **options):
    return subprocess.Popen(["nsenter", "--net=/run/netns/" + namespace, *command], **options)


def relay(sender, receiver, loss, reorder, is_over):
    """Carries packets between the two until nothing is under way and `is_over` says so."""
    under_way, number = [], 0
    while under_way or not is_over():
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            _, _, device, packet = heapq.heappop(under_way)
            os.write(device, packet)
        wait = max(0, min(0.1, under_way[0][0] - now if under_way else 0.1))
        for device in select.select([sender, receiver], [], [], wait)[0]:
            packet = os.read(device, 65536)
            if device == sender and random.random() < loss:
                continue
            late = LONGER if random.random() < reorder else 0
            number += 1
            to = receiver if device == sender else sender
            heapq.heappush(under_way, (time.monotonic() + DELAY + late, number, to, packet))


def main(directory, loss, reorder, seed="7"):
    random.seed(int(seed))
    os.makedirs(directory, exist_ok=True)
    names = ["culprit-%d-%s" % (os.getpid(), end) for end in ("sender", "receiver")]
    children = []
    try:
        devices = [tun(names[0], "10.200.7.1", "10.200.7.2"), tun(names[1], "10.200.7.2", "10.200.7.1")]
        for name in names:
            path = "%s/%s.pcap" % (directory, name.rsplit("-", 1)[1])
            capture = start(name, "tcpdump", "-i", "t0", "-s", "68", "-U", "-w", path, "tcp", stderr=subprocess.PIPE)
            capture.stderr.readline()  # "listening on …"
            children.append(capture)
        server = start(names[1], "python3", "-c", SERVER, stdout=subprocess.PIPE)
        children.append(server)
        server.stdout.readline()
        client = start(names[0], "python3", "-c", CLIENT)
        children.append(client)
        relay(*devices, float(loss), float(reorder), lambda: client.poll() is not None and server.poll() is not None)
    finally:
        for child in children:
            child.terminate()
            child.wait()
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
