/*---
id: SNF-002
version: 0.1.0
title: Frames delivered to a packet socket
status: test
severity: medium
confidence: high
risk: 40
attack: {version: 18, techniques: [T1040]}
needs: {events: [socket], complete: true}
params:
  frames: {type: integer, default: 1, min: 1, max: 1000000}
dedup: {key: [process], for: 1h}
why: >
  An open packet socket may hear nothing. This one was given frames, so its process has seen them.
triage:
  - What does its filter let through? A filter for one service is no sniffer.
  - Does it write or send what it hears (SNF-004)?
false_positives:
  - DHCP clients, LLDP daemons and keepalived are given the frames of their own protocol
blind_spots:
  - a mapped ring is read without a call; its frames are told when the socket is looked at, not when they come
references:
  - https://attack.mitre.org/techniques/T1040/
---*/
#pragma D option quiet

socket:::receive
/args[0]->so_family == 17 && args[1] > 0/
{
	heard[pid]++;
}

socket:::receive
/args[0]->so_family == 17 && args[1] > 0 && heard[pid] == frames/
{
	finding("%s was given %d frames of a packet socket (interface %d)", execname, heard[pid], args[0]->so_ifindex);
}

proc:::exit { heard[pid] = 0; }
