/*---
id: EXF-014
version: 0.1.0
title: Long connection that says little
status: test
severity: low
confidence: low
risk: 35
attack: {version: 18, techniques: [T1071, T1572]}
needs: {events: [socket], complete: true}
params:
  least: {type: duration, default: 1h, min: 1s, max: 30d}
  rate: {type: integer, default: 100, min: 1, max: 1000000}
dedup: {key: [process, destination, port], for: 12h}
why: >
  A connection that was made from here, is kept for hours and carries next to nothing is how somebody waits for orders, or keeps a way in open.
triage:
  - What is the program for, and who is at the other end?
  - Does it send at regular times (EXF-013)?
false_positives:
  - sessions of ssh, message brokers, watches of Kubernetes and connections that databases keep
blind_spots:
  - a connection that is broken off and made anew
  - one that says nothing at all from its beginning to its end is told when it ends
references:
  - https://attack.mitre.org/techniques/T1071/
  - https://attack.mitre.org/techniques/T1572/
---*/
#pragma D option quiet

uint64_t made[uintptr_t];
uint64_t said[uintptr_t];

/* TCP_SYN_SENT is 2, TCP_CLOSE 7. */
socket:::state-change
/arg2 == 2 && substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	made[args[0]->so_address] = timestamp;
	said[args[0]->so_address] = 0;
}

socket:::send, socket:::receive
/made[args[0]->so_address] != 0 && args[1] > 0/
{
	said[args[0]->so_address] += args[1];
}

/* Bytes a second, over seconds that are whole. */
socket:::send, socket:::receive, socket:::shutdown, socket:::close
/made[args[0]->so_address] != 0 && timestamp - made[args[0]->so_address] >= least &&
    said[args[0]->so_address] <= rate * ((timestamp - made[args[0]->so_address]) / 1000000000)/
{
	finding("%s has had a connection to %s port %d for %d seconds and said and heard %d bytes by it", execname,
	    args[0]->so_raddr, args[0]->so_rport, (timestamp - made[args[0]->so_address]) / 1000000000,
	    said[args[0]->so_address]);
}

socket:::state-change
/arg2 == 7/
{
	made[args[0]->so_address] = 0;
	said[args[0]->so_address] = 0;
}
