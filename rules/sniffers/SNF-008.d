/*---
id: SNF-008
version: 1.0.0
title: Packet socket that waits behind a filter for certain contents, or for every interface
status: stable
severity: high
confidence: medium
risk: 75
attack: {version: 18, techniques: [T1205.002]}
needs: {events: [socket], complete: true}
params:
  dormant: {type: duration, default: 3s, min: 1s, max: 1d}
dedup: {key: [process], for: 1h}
why: >
  A backdoor without a port waits on a packet socket for one packet with the right bytes in it (BPFDoor): its filter lets through what an
  application wrote and not a protocol, or its socket is bound to no interface, has a filter, and is read by plain calls. Services for DHCP
  or ARP are bound to their interface, and capturing programs read a mapped ring.
triage:
  - What is the program, is its file there, and under which name does it run?
  - "`culprit case -p PID` says what the filter lets through"
  - Was it woken (SNF-009)?
false_positives:
  - scripts that capture by recv(2) from every interface with a filter (scapy)
  - a filter of an administrator's own for some application's bytes
blind_spots:
  - a socket bound to one interface whose filter looks at headers only
  - an eBPF filter, of which nobody here says what it lets through, is told only when it is bound to no interface
  - raw sockets of the internet families
references:
  - https://attack.mitre.org/techniques/T1205/002/
  - https://man7.org/linux/man-pages/man7/packet.7.html
---*/
#pragma D option quiet

uint64_t since[uintptr_t];

/* so_breadth: 4 is contents of packets, 3 a service, 5 nothing. */
inline int payload = 4;

socket:::attach-filter
/args[0]->so_family == 17 && args[0]->so_filter != 0 && args[0]->so_breadth == payload && args[0]->so_ring == 0/
{
	finding("%s waits on a packet socket for frames with certain contents (a filter of %d instructions)", execname,
	    args[0]->so_filter_length);
}

socket:::found, socket:::seen
/args[0]->so_family == 17 && args[0]->so_filter != 0 && args[0]->so_breadth == payload && args[0]->so_ring == 0/
{
	finding("%s waits on a packet socket for frames with certain contents (a filter of %d instructions)", execname,
	    args[0]->so_filter_length);
}

socket:::found, socket:::seen
/args[0]->so_family == 17 && args[0]->so_filter != 0 && args[0]->so_ifindex == 0 && args[0]->so_ring == 0 &&
    args[0]->so_breadth != payload/
{
	since[args[0]->so_address] = since[args[0]->so_address] == 0 ? timestamp : since[args[0]->so_address];
}

socket:::seen
/args[0]->so_family == 17 && args[0]->so_filter != 0 && args[0]->so_ifindex == 0 && args[0]->so_ring == 0 &&
    args[0]->so_breadth != payload && since[args[0]->so_address] != 0 &&
    timestamp - since[args[0]->so_address] >= dormant/
{
	finding("%s waits on a packet socket of every interface behind a filter of %d instructions", execname,
	    args[0]->so_filter_length);
}

socket:::close
/args[0]->so_family == 17/
{
	since[args[0]->so_address] = 0;
}
