/*---
id: SNF-003
version: 1.1.0
title: Promiscuous mode
status: stable
severity: medium
confidence: high
risk: 45
attack: {version: 18, techniques: [T1040]}
needs: {events: [socket, host], complete: true}
dedup: {key: [process], for: 1h}
why: >
  In promiscuous mode an interface takes frames that are addressed to other machines. A service that speaks a protocol of its own joins
  that protocol's group; to take everything is what sniffers ask for.
triage:
  - Which program asked, and is it an administrator's capture?
  - Does SNF-004 say that the same process sends?
false_positives:
  - tcpdump and Wireshark, which ask for it unless told not to (-p)
  - a network's configuration that has it set (`PROMISC=yes`), and virtual machines that bridge by it
blind_spots:
  - who makes the interface a bridge's port, by which the kernel makes it promiscuous, and drivers that are so by themselves
  - what was set before the run; a membership from before it is told as found where the socket still has it
  - a setting by io_uring, by sendmmsg(2), or behind another request in one send; one that was refused is told where it names the interface by its name alone
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://man7.org/linux/man-pages/man7/packet.7.html
---*/
#pragma D option quiet

host:::promiscuous
/args[0] != ""/
{
	finding("%s set interface %s to promiscuous mode", execname, args[0]);
}

host:::promiscuous
/args[0] == ""/
{
	finding("%s set interface %d to promiscuous mode", execname, args[1]);
}

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
