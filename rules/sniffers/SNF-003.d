/*---
id: SNF-003
version: 1.0.0
title: Promiscuous mode by a packet socket
status: stable
severity: medium
confidence: high
risk: 45
attack: {version: 18, techniques: [T1040]}
needs: {events: [socket], complete: true}
dedup: {key: [process], for: 1h}
why: >
  In promiscuous mode an interface takes frames that are addressed to other machines. A service that speaks a protocol of its own joins
  that protocol's group; to take everything is what sniffers ask for.
triage:
  - Which program asked, and is it an administrator's capture?
  - Does SNF-004 say that the same process sends?
false_positives:
  - tcpdump and Wireshark, which ask for it unless told not to (-p)
  - bridges and virtual machines put their ports into it; they do so without a packet socket and are not told here
blind_spots:
  - ip link set promisc on, and drivers that are promiscuous by themselves
  - a membership from before the run is told as found only where the socket still has it
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://man7.org/linux/man-pages/man7/packet.7.html
---*/
#pragma D option quiet

/* PACKET_MR_PROMISC is 1. */
socket:::membership
/args[0]->so_family == 17 && args[0]->so_membership == 1/
{
	finding("%s made interface %d promiscuous", execname, args[0]->so_ifindex);
}

socket:::found
/args[0]->so_family == 17 && args[0]->so_membership == 1/
{
	finding("a packet socket holds interface %d in promiscuous mode", args[0]->so_ifindex);
}
