/*---
id: EXF-008
version: 0.2.0
title: Another protocol than the port's
status: test
severity: medium
confidence: medium
risk: 50
attack: {version: 18, techniques: [T1571, T1001.003]}
needs: {events: [packet], complete: true}
params:
  segments: {type: integer, default: 4, min: 1, max: 1000}
  datagrams: {type: integer, default: 20, min: 2, max: 100000}
dedup: {key: [process, destination, port], for: 1h}
why: >
  Ports that firewalls let through are used for what they would not: SSH on 443, something that is not TLS on 443, HTTP or TLS on the ports of
  DNS and SSH, datagrams to port 53 that are no DNS.
triage:
  - What is at the other end, and does somebody here run it?
false_positives:
  - administrators who run SSH on 443 to come through other people's firewalls
  - load balancers' health checks and WebSocket servers without TLS on 443
blind_spots:
  - a connection that was there before the capture
  - what speaks the port's protocol, and carries another within it
references:
  - https://attack.mitre.org/techniques/T1571/
---*/
#pragma D option quiet

int plain[uint64_t];
int odd[pid_t, string];

ssh:::banner
/args[0]->pkt_direction == 2 && (args[4]->tcp_dport == 443 || args[4]->tcp_dport == 80 || args[4]->tcp_dport == 53)/
{
	finding("%s speaks SSH to %s on port %d", execname, args[2]->ip_daddr, args[4]->tcp_dport);
}

http:::request
/args[0]->pkt_direction == 2 && args[4] != NULL &&
    (args[4]->tcp_dport == 443 || args[4]->tcp_dport == 22 || args[4]->tcp_dport == 53)/
{
	finding("%s speaks HTTP to %s on port %d", execname, args[2]->ip_daddr, args[4]->tcp_dport);
	plain[args[1]->cs_cid] = 0;
}

tls:::client-hello
/args[0]->pkt_direction == 2 && args[4] != NULL && (args[4]->tcp_dport == 22 || args[4]->tcp_dport == 53 || args[4]->tcp_dport == 80)/
{
	finding("%s speaks TLS to %s on port %d", execname, args[2]->ip_daddr, args[4]->tcp_dport);
}

/* What goes to port 53, without the questions among it. */
packet::udp:send
/args[5]->udp_dport == 53/
{
	odd[pid, args[2]->ip_daddr]++;
}

dns:::query
/args[0]->pkt_direction == 2/
{
	odd[pid, args[2]->ip_daddr]--;
}

packet::udp:send
/args[5]->udp_dport == 53 && odd[pid, args[2]->ip_daddr] > datagrams/
{
	finding("%s speaks something that is not DNS to %s on port 53", execname, args[2]->ip_daddr);
	odd[pid, args[2]->ip_daddr] = 0;
}

/* A connection to 443 that was seen from its SYN on, until TLS is heard on it. */
packet::tcp:send
/args[4]->tcp_dport == 443 && (args[4]->tcp_flags & 0x12) == 2 && args[1]->cs_cid != 0/
{
	plain[args[1]->cs_cid] = 1;
}

tls:::client-hello
/args[1]->cs_cid != 0/
{
	plain[args[1]->cs_cid] = 0;
}

ssh:::banner
/args[1]->cs_cid != 0/
{
	plain[args[1]->cs_cid] = 0;
}

packet::tcp:send
/args[4]->tcp_dport == 443 && args[4]->tcp_length > 0 && args[1]->cs_cid != 0 && plain[args[1]->cs_cid] != 0/
{
	plain[args[1]->cs_cid]++;
}

packet::tcp:send
/args[4]->tcp_dport == 443 && args[1]->cs_cid != 0 && plain[args[1]->cs_cid] > segments/
{
	finding("%s speaks something that is not TLS to %s on port 443", execname, args[2]->ip_daddr);
	plain[args[1]->cs_cid] = 0;
}

packet::tcp:send, packet::tcp:receive
/(args[4]->tcp_flags & 5) != 0 && args[1]->cs_cid != 0 && plain[args[1]->cs_cid] != 0/
{
	plain[args[1]->cs_cid] = 0;
}
