/*---
id: EXF-002
version: 0.1.0
title: Far more sent than received
status: test
severity: low
confidence: low
risk: 35
attack: {version: 18, techniques: [T1041]}
needs: {events: [socket, proc], complete: true}
params:
  size: {type: size, default: 20MiB, min: 1KiB, max: 1TiB}
  times: {type: integer, default: 10, min: 2, max: 10000}
dedup: {key: [process, destination], for: 1d}
why: >
  Clients read more than they write. One that sends twenty megabytes to a place and hears a tenth of it back uploads something.
triage:
  - Which program is it, and is uploading its work (backup, rsync, git)?
  - What else do the findings say of the process?
false_positives:
  - backups, copies to other machines, pushes of images and sources, video calls
blind_spots:
  - uploads in pieces by many short processes
  - what a service sends on connections that it accepted, which is its work
references:
  - https://attack.mitre.org/techniques/T1041/
---*/
#pragma D option quiet

int outgoing[uintptr_t];
uint64_t sent[pid_t];
uint64_t got[pid_t];
this int is;

/* Connections that were made from here: TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2 && substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	outgoing[args[0]->so_address] = 1;
}

socket:::send
/args[1] > 0 && outgoing[args[0]->so_address]/
{
	sent[pid] += args[1];
	this->is = 1;
}

socket:::receive
/args[1] > 0 && outgoing[args[0]->so_address]/
{
	got[pid] += args[1];
}

socket:::send
/this->is && sent[pid] >= size && sent[pid] >= got[pid] * times/
{
	finding("%s sent %d bytes, last to %s port %d, and received %d", execname, sent[pid], args[0]->so_raddr,
	    args[0]->so_rport, got[pid]);
}

socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
}

proc:::exit
{
	sent[pid] = 0;
	got[pid] = 0;
}
