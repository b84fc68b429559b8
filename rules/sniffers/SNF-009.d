/*---
id: SNF-009
version: 0.1.0
title: Connection made at the word of a packet
status: test
severity: high
confidence: medium
risk: 80
attack: {version: 18, techniques: [T1205.002, T1205.001]}
needs: {events: [socket, proc], complete: true}
params:
  quiet: {type: duration, default: 1s, min: 100ms, max: 1d}
  wakes: {type: duration, default: 5s, min: 100ms, max: 1h}
dedup: {key: [process, destination], for: 1h}
why: >
  A process waits on a packet socket behind a filter, is given one frame after a silence, and at once it, or what it starts, makes a
  connection or takes one: a backdoor that was knocked at.
triage:
  - "`culprit case -p PID` says what its filter lets through"
  - Whose is the other end of the connection? The frame's sender need not be the same.
false_positives:
  - a port-knocking daemon (knockd) that starts what connects
blind_spots:
  - a mapped ring, which is read without a call
  - a shell that is given over the packet socket itself
references:
  - https://attack.mitre.org/techniques/T1205/002/
---*/
#pragma D option quiet

int waits[uintptr_t];
uint64_t heard[pid_t];
uint64_t woken[pid_t];

/* so_breadth: 3 is a service. DHCP clients start scripts when they are answered, which may well connect. */
inline int service = 3;

socket:::attach-filter
/args[0]->so_family == 17 && args[0]->so_filter != 0/
{
	waits[args[0]->so_address] = args[0]->so_breadth != service;
}

socket:::found, socket:::seen
/args[0]->so_family == 17 && args[0]->so_filter != 0/
{
	waits[args[0]->so_address] = args[0]->so_breadth != service;
}

socket:::receive
/args[0]->so_family == 17 && args[1] > 0 && waits[args[0]->so_address]/
{
	woken[pid] = timestamp - heard[pid] >= quiet ? timestamp : woken[pid];
	heard[pid] = timestamp;
}

proc:::create
/woken[pid] != 0/
{
	woken[arg1] = woken[pid];
}

/* TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2 && woken[pid] != 0 && timestamp - woken[pid] <= wakes/
{
	finding("%s connects to %s port %d, %d ms after a frame came to a packet socket that waited", execname, args[0]->so_raddr,
	    args[0]->so_rport, (timestamp - woken[pid]) / 1000000);
}

socket:::accept
/woken[pid] != 0 && timestamp - woken[pid] <= wakes && (args[0]->so_family == 2 || args[0]->so_family == 10)/
{
	finding("%s takes a connection of %s, %d ms after a frame came to a packet socket that waited", execname, args[0]->so_raddr,
	    (timestamp - woken[pid]) / 1000000);
}

socket:::close
/args[0]->so_family == 17 && waits[args[0]->so_address]/
{
	waits[args[0]->so_address] = 0;
}

proc:::exit
{
	woken[pid] = 0;
	heard[pid] = 0;
}
