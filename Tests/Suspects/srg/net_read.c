#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>

#include "srg.h"

enum { frame_size = 2048, block_size = 1 << 16, block_count = 32 };
enum { frame_count = block_size / frame_size * block_count };

static unsigned char *ring;
static int signals = -1;
static struct timespec end;

// SIGINT and SIGTERM are read between packets, also when one packet follows the other: a line is never cut in two.
static void signals_open(void) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, NULL);
  signals = signalfd(-1, &ends, SFD_CLOEXEC);
  if (signals < 0) err(1, "signalfd");
}

static void ring_open(int descriptor) {
  int version = TPACKET_V2;
  if (setsockopt(descriptor, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) err(1, "PACKET_VERSION");
  struct tpacket_req request = {block_size, block_count, frame_size, frame_count};
  if (setsockopt(descriptor, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0) err(1, "PACKET_RX_RING");
  void *memory = mmap(NULL, block_size * block_count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) err(1, "mmap");
  ring = memory;
}

int net_open(void) {
  signals_open();
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += options.seconds;

  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
  if (descriptor < 0) err(1, "socket(AF_PACKET)");
  if (options.ring) ring_open(descriptor);
  if (strcmp(options.interface, "any") == 0) {
    fprintf(stderr, "Using all devices (not promiscuous)\n");
    return descriptor;
  }

  int index = (int)if_nametoindex(options.interface);
  if (index == 0) err(1, "%s", options.interface);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) err(1, "bind");
  struct packet_mreq membership = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
  if (setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership) < 0)
    err(1, "PACKET_ADD_MEMBERSHIP");
  fprintf(stderr, "Using device %s (promiscuous mode)\n", options.interface);
  return descriptor;
}

// Milliseconds until --seconds are over; -1 when they never are.
static int milliseconds_left(void) {
  if (options.seconds == 0) return -1;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long left = (end.tv_sec - now.tv_sec) * 1000 + (end.tv_nsec - now.tv_nsec) / 1000000;
  return left < 0 ? 0 : (int)left;
}

// Waits until the socket has something for us; false when it is time to end.
static bool net_wait(int descriptor) {
  if (options.count > 0 && scanned >= options.count) return false;
  struct pollfd wanted[] = {{descriptor, POLLIN, 0}, {signals, POLLIN, 0}};
  int ready;
  do ready = poll(wanted, 2, milliseconds_left());
  while (ready < 0 && errno == EINTR);
  if (ready < 0) err(1, "poll");
  if (wanted[0].revents & POLLERR) {
    socklen_t size = sizeof errno;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &errno, &size) == 0 && errno != 0) err(1, "%s", options.interface);
  }
  return ready > 0 && !(wanted[1].revents & POLLIN);
}

struct frame {
  const unsigned char *bytes;
  size_t captured, length;
};

// The next frame; false when it is time to end. One of a ring is handed back to the kernel when the next one is asked for.
static bool ring_next(int descriptor, struct frame *frame) {
  static unsigned index;
  static struct tpacket2_hdr *held;
  if (held != NULL) __atomic_store_n(&held->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  held = NULL;
  struct tpacket2_hdr *header = (struct tpacket2_hdr *)(ring + (size_t)index * frame_size);
  do
    if (!net_wait(descriptor)) return false;
  while (!(__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER));
  index = (index + 1) % frame_count;
  held = header;
  *frame = (struct frame){(unsigned char *)header + header->tp_mac, header->tp_snaplen, header->tp_len};
  return true;
}

static bool socket_next(int descriptor, struct frame *frame) {
  static unsigned char bytes[1 << 16];
  while (net_wait(descriptor)) {
    ssize_t length = recv(descriptor, bytes, sizeof bytes, MSG_TRUNC | MSG_DONTWAIT);
    if (length < 0 && errno != EAGAIN && errno != EINTR) err(1, "recv");
    if (length < 0) continue;
    size_t wire = (size_t)length;
    *frame = (struct frame){bytes, wire < sizeof bytes ? wire : sizeof bytes, wire};
    return true;
  }
  return false;
}

void net_read(int descriptor) {
  struct frame frame;
  while (ring != NULL ? ring_next(descriptor, &frame) : socket_next(descriptor, &frame))
    scan(frame.bytes, frame.captured, frame.length);
  struct tpacket_stats statistics;
  socklen_t size = sizeof statistics;
  if (getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0)
    fprintf(stderr, "srg: the kernel delivered %u frames and dropped %u\n",
            statistics.tp_packets - statistics.tp_drops, statistics.tp_drops);
}
