// listener: an innocent that looks like a sniffer. As a DHCP client does, it holds a packet socket bound to one
// interface and one protocol, behind a filter that lets only datagrams to UDP port 68 through; not promiscuous.
#include <arpa/inet.h>
#include <err.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

// What `tcpdump -d 'ip and udp dst port 68'` asks, in our own words: IPv4, UDP, not a later fragment, port 68.
static struct sock_filter instructions[] = {
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IP, 0, 8),
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 6),
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 4, 0),
    BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
    BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 68, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, 0x40000),
    BPF_STMT(BPF_RET | BPF_K, 0),
};

int main(int count, char **arguments) {
  if (count != 2) {
    fputs("usage: listener INTERFACE\n", stderr);
    return 2;
  }
  int index = (int)if_nametoindex(arguments[1]);
  if (index == 0) err(1, "%s", arguments[1]);

  // Protocol 0 hears nothing; what it may hear is said by bind, when the filter is in place.
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (descriptor < 0) err(1, "socket(AF_PACKET)");
  struct sock_fprog filter = {sizeof instructions / sizeof *instructions, instructions};
  if (setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) < 0) err(1, "SO_ATTACH_FILTER");
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = index};
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) err(1, "bind");
  printf("listener: process %d waits on %s\n", getpid(), arguments[1]);
  fflush(stdout);

  for (char frame[2048];;) {
    ssize_t length = recv(descriptor, frame, sizeof frame, 0);
    if (length < 0) err(1, "recv");
    printf("listener: %zd bytes to port 68\n", length);
    fflush(stdout);
  }
}
