#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>

#include "srg.h"

// What is left to read, and where the text goes.
struct packet {
  const unsigned char *bytes;
  size_t left;
  int family;
  const void *source, *target;
  unsigned size;  // of the IP datagram's payload, by its header
  char *text;
  size_t room;
};

static void put_ends(struct packet *packet) {
  char source[INET6_ADDRSTRLEN], target[INET6_ADDRSTRLEN];
  int length = snprintf(packet->text, packet->room, "%12s -> %-12s ",
                        host_name(packet->family, packet->source, source, sizeof source),
                        host_name(packet->family, packet->target, target, sizeof target));
  packet->text += length;
  packet->room -= (size_t)length;
}

// Whether the segment or datagram travels between us and the collector.
static bool is_ours(const struct packet *packet, unsigned source_port, unsigned target_port) {
  if (!options.remote) return false;
  const struct endpoint *collector = &options.collector;
  unsigned port = endpoint_port(collector);
  return (source_port == port && endpoint_has_address(collector, packet->family, packet->source)) ||
         (target_port == port && endpoint_has_address(collector, packet->family, packet->target));
}

static bool summarize_tcp(struct packet *packet) {
  struct tcphdr tcp;
  if (packet->left < sizeof tcp) return true;
  memcpy(&tcp, packet->bytes, sizeof tcp);
  unsigned source = ntohs(tcp.source), target = ntohs(tcp.dest);
  if (is_ours(packet, source, target)) return false;
  put_ends(packet);
  unsigned header = tcp.doff * 4u, length = packet->size < header ? 0 : packet->size - header;
  char acknowledged[24] = "";
  if (tcp.ack) snprintf(acknowledged, sizeof acknowledged, " Ack=%u", ntohl(tcp.ack_seq));
  snprintf(packet->text, packet->room, "TCP D=%u S=%u%s%s%s%s%s Seq=%u Len=%u Win=%u\n", target, source,
           tcp.fin ? " Fin" : "", tcp.syn ? " Syn" : "", tcp.rst ? " Rst" : "", tcp.psh ? " Push" : "", acknowledged,
           ntohl(tcp.seq), length, ntohs(tcp.window));
  return true;
}

static bool summarize_udp(struct packet *packet) {
  struct udphdr udp;
  if (packet->left < sizeof udp) return true;
  memcpy(&udp, packet->bytes, sizeof udp);
  if (is_ours(packet, ntohs(udp.source), ntohs(udp.dest))) return false;
  put_ends(packet);
  snprintf(packet->text, packet->room, "UDP D=%u S=%u LEN=%u\n", ntohs(udp.dest), ntohs(udp.source), ntohs(udp.len));
  return true;
}

// An error about a datagram of ours to the collector is ours too: with --udp and nobody listening, every line
// brings one.
static bool is_about_ours(const struct packet *packet, size_t header) {
  struct packet quoted = *packet;
  if (packet->left < header + (packet->family == AF_INET ? 28 : 48)) return false;
  const unsigned char *inner = packet->bytes + header;
  size_t ports = packet->family == AF_INET ? (size_t)(inner[0] & 15) * 4 : 40;
  if (packet->left < header + ports + 4) return false;
  quoted.source = inner + (packet->family == AF_INET ? 12 : 8);
  quoted.target = inner + (packet->family == AF_INET ? 16 : 24);
  return is_ours(&quoted, (unsigned)inner[ports] << 8 | inner[ports + 1],
                 (unsigned)inner[ports + 2] << 8 | inner[ports + 3]);
}

static bool summarize_icmp(struct packet *packet) {
  if (packet->left < 8) return true;
  unsigned type = packet->bytes[0], code = packet->bytes[1];
  bool v4 = packet->family == AF_INET;
  bool error = v4 ? type == ICMP_UNREACH || type == ICMP_TIMXCEED || type == ICMP_PARAMPROB : type < 128;
  if (error && is_about_ours(packet, 8)) return false;
  put_ends(packet);
  bool request = type == (v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST);
  bool reply = type == (v4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY);
  if (request || reply) {
    snprintf(packet->text, packet->room, "%s Echo %s (ID: %u Sequence number: %u)\n", v4 ? "ICMP" : "ICMPv6",
             request ? "request" : "reply", (unsigned)packet->bytes[4] << 8 | packet->bytes[5],
             (unsigned)packet->bytes[6] << 8 | packet->bytes[7]);
  } else {
    snprintf(packet->text, packet->room, "%s type %u code %u\n", v4 ? "ICMP" : "ICMPv6", type, code);
  }
  return true;
}

static bool summarize_transport(struct packet *packet, unsigned protocol) {
  switch (protocol) {
    case IPPROTO_TCP: return summarize_tcp(packet);
    case IPPROTO_UDP: return summarize_udp(packet);
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6: return summarize_icmp(packet);
    default:
      put_ends(packet);
      snprintf(packet->text, packet->room, "IP  proto=%u, len=%u\n", protocol, packet->size);
      return true;
  }
}

static bool summarize_ip4(struct packet *packet) {
  struct iphdr ip;
  if (packet->left < sizeof ip) return true;
  memcpy(&ip, packet->bytes, sizeof ip);
  size_t header = ip.ihl * 4u, total = ntohs(ip.tot_len);
  if (header < sizeof ip || packet->left < header || total < header) return true;
  packet->family = AF_INET;
  packet->source = &ip.saddr;
  packet->target = &ip.daddr;
  packet->size = (unsigned)(total - header);
  packet->bytes += header;
  packet->left -= header;
  unsigned offset = ntohs(ip.frag_off) & IP_OFFMASK;
  return summarize_transport(packet, offset == 0 ? ip.protocol : IPPROTO_FRAGMENT);
}

static bool summarize_ip6(struct packet *packet) {
  struct ip6_hdr ip;
  if (packet->left < sizeof ip) return true;
  memcpy(&ip, packet->bytes, sizeof ip);
  packet->family = AF_INET6;
  packet->source = &ip.ip6_src;
  packet->target = &ip.ip6_dst;
  packet->size = ntohs(ip.ip6_plen);
  packet->bytes += sizeof ip;
  packet->left -= sizeof ip;
  unsigned next = ip.ip6_nxt;
  // Multicast listener reports come behind a hop-by-hop header; nothing else does in the lab.
  if (next == IPPROTO_HOPOPTS && packet->left >= 8) {
    size_t header = 8 + (size_t)packet->bytes[1] * 8;
    next = packet->bytes[0];
    if (packet->left < header || packet->size < header) return true;
    packet->bytes += header;
    packet->left -= header;
    packet->size -= (unsigned)header;
  }
  return summarize_transport(packet, next);
}

static bool summarize_arp(struct packet *packet) {
  if (packet->left < 28) return true;
  const unsigned char *arp = packet->bytes;
  packet->family = AF_INET;
  packet->source = arp + 14;
  packet->target = arp + 24;
  bool request = arp[7] == ARPOP_REQUEST;
  char name[INET6_ADDRSTRLEN];
  put_ends(packet);
  if (request) {
    snprintf(packet->text, packet->room, "ARP C Who is %s ?\n", host_name(AF_INET, arp + 24, name, sizeof name));
  } else {
    snprintf(packet->text, packet->room, "ARP R %s is %02x:%02x:%02x:%02x:%02x:%02x\n",
             host_name(AF_INET, arp + 14, name, sizeof name), arp[8], arp[9], arp[10], arp[11], arp[12], arp[13]);
  }
  return true;
}

bool summarize(const unsigned char *frame, size_t captured, size_t length, char *line, size_t size) {
  unsigned type = captured < ETH_HLEN ? 0 : (unsigned)frame[12] << 8 | frame[13];
  // What the packet is cut too short to say, this line says for it.
  snprintf(line, size, "%12s -> %-12s ETHER Type=%04X, size=%zu bytes\n", "?", "?", type, length);
  if (captured < ETH_HLEN) return true;
  struct packet packet = {.bytes = frame + ETH_HLEN, .left = captured - ETH_HLEN, .text = line, .room = size};
  switch (type) {
    case ETHERTYPE_IP: return summarize_ip4(&packet);
    case ETHERTYPE_IPV6: return summarize_ip6(&packet);
    case ETHERTYPE_ARP: return summarize_arp(&packet);
    default: return true;
  }
}
