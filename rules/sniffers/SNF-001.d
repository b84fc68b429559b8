/*---
id: SNF-001
version: 1.0.0
title: Packet socket opened
status: stable
severity: low
confidence: high
risk: 20
attack: {version: 18, techniques: [T1040]}
needs: {events: [socket], complete: true}
dedup: {key: [process], for: 1h}
why: >
  A packet socket (AF_PACKET) hears the frames of an interface, those of others among them. Few programs need one, so each that has one
  is worth knowing.
triage:
  - Which program is it, and who started it?
  - Does SNF-002 say that frames came to it?
  - Is its filter that of a service, DHCP or ARP?
false_positives:
  - DHCP clients, LLDP daemons, keepalived, arping and wpa_supplicant open one for their own protocol
  - tcpdump and Wireshark in the hands of an administrator
blind_spots:
  - XDP and tc programs see frames without a socket (SNF-007)
  - packets that netfilter hands to who asks by netlink (`tcpdump -i nflog`, NFQUEUE); `culprit case` finds who does
  - a socket that a process was handed by another is told of the one who made it
references:
  - https://attack.mitre.org/techniques/T1040/
---*/
#pragma D option quiet

/* AF_PACKET is 17. */
socket:::create
/args[0]->so_family == 17/
{
	finding("%s opened a packet socket (type %d)", execname, args[0]->so_type);
}

socket:::found
/args[0]->so_family == 17/
{
	finding("a packet socket is open (interface %d)", args[0]->so_ifindex);
}
