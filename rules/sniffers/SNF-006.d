/*---
id: SNF-006
version: 1.0.0
title: Raw IP socket that reads TCP or UDP
status: stable
severity: medium
confidence: medium
risk: 50
attack: {version: 18, techniques: [T1040]}
needs: {events: [socket], complete: true}
dedup: {key: [process], for: 1h}
why: >
  A raw socket of the internet families is given every packet of its protocol that comes to this machine, beside the socket that it is for.
  ping and traceroute read ICMP by one; nothing ordinary reads TCP or UDP so.
triage:
  - Which program is it? A scanner (nmap, masscan) reads the answers to what it sends.
false_positives:
  - port scanners and other tools of network administrators
blind_spots:
  - packets to other machines do not come to raw sockets
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://man7.org/linux/man-pages/man7/raw.7.html
---*/
#pragma D option quiet

/* SOCK_RAW is 3, TCP is 6, UDP 17. */
socket:::receive
/args[0]->so_type == 3 && (args[0]->so_family == 2 || args[0]->so_family == 10) && args[1] > 0 &&
    (args[0]->so_protocol == 6 || args[0]->so_protocol == 17)/
{
	finding("%s reads every packet of protocol %d by a raw socket", execname, args[0]->so_protocol);
}
