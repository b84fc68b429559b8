/*---
id: EXF-013
version: 0.2.0
title: Connections at regular intervals
status: test
severity: medium
confidence: medium
risk: 60
attack: {version: 18, techniques: [T1071.001, T1029, T1008]}
needs: {events: [socket, proc], complete: true}
params:
  connections: {type: integer, default: 10, min: 4, max: 100000}
  jitter: {type: ratio, default: 0.2, min: 0, max: 1}
  least: {type: duration, default: 500ms, min: 10ms, max: 1d}
dedup: {key: [executable, destination, port], for: 6h}
why: >
  An implant asks for orders in steady steps. Ten connections in a row to one place, each as long after the one before as that was after
  its own, are a program's clock and nobody's hands. Three and more within `least` are no step but a burst, and begin the count anew.
triage:
  - Which program is it, which timer or unit starts it, and is the place known?
  - How long has it gone on, and do the sizes stay the same (`culprit flows`)?
false_positives:
  - health checks, telemetry and metrics, package timers, clients that try to connect again
blind_spots:
  - intervals that vary by more than the parameter
  - beacons within one connection that is kept, and those over datagrams
  - places that change from time to time
references:
  - https://attack.mitre.org/techniques/T1071/001/
  - https://attack.mitre.org/techniques/T1029/
---*/
#pragma D option quiet

uint64_t last[pid_t, string, uint16_t];
uint64_t gap[pid_t, string, uint16_t];
int steady[pid_t, string, uint16_t];
int burst[pid_t, string, uint16_t];
uint64_t bylast[pid_t, string, uint16_t];
uint64_t bygap[pid_t, string, uint16_t];
int bysteady[pid_t, string, uint16_t];
int byburst[pid_t, string, uint16_t];
this uint64_t gap;
this uint64_t bygap;
this uint64_t before;
this uint64_t off;
this uint64_t mean;
this int first;
this int byfirst;
this int own;
this int by;
this int is;
this int count;

/*
 * By the process itself, and by the one that started it: a loop in a shell starts another program each time. The interval, how far it is
 * from the one before, and the sums of both. TCP_SYN_SENT is 2.
 */
socket:::state-change
/arg2 == 2 && substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	this->gap = timestamp - last[pid, args[0]->so_raddr, args[0]->so_rport];
	this->first = last[pid, args[0]->so_raddr, args[0]->so_rport] == 0;
	last[pid, args[0]->so_raddr, args[0]->so_rport] = timestamp;
	this->own = !this->first && this->gap >= least;
	this->bygap = timestamp - bylast[ppid, args[0]->so_raddr, args[0]->so_rport];
	this->byfirst = bylast[ppid, args[0]->so_raddr, args[0]->so_rport] == 0;
	bylast[ppid, args[0]->so_raddr, args[0]->so_rport] = timestamp;
	this->by = !this->byfirst && this->bygap >= least && ppid > 1;
	this->is = 1;
}

/* A page that is loaded, and not an implant that asks: each of its connections follows at once on another. */
socket:::state-change
/this->is && !this->first && !this->own/
{
	burst[pid, args[0]->so_raddr, args[0]->so_rport]++;
}

socket:::state-change
/this->is && !this->byfirst && this->bygap < least/
{
	byburst[ppid, args[0]->so_raddr, args[0]->so_rport]++;
}

socket:::state-change
/this->is && this->own && burst[pid, args[0]->so_raddr, args[0]->so_rport] > 1/
{
	gap[pid, args[0]->so_raddr, args[0]->so_rport] = 0;
}

socket:::state-change
/this->is && this->by && byburst[ppid, args[0]->so_raddr, args[0]->so_rport] > 1/
{
	bygap[ppid, args[0]->so_raddr, args[0]->so_rport] = 0;
}

socket:::state-change
/this->is && this->own/
{
	burst[pid, args[0]->so_raddr, args[0]->so_rport] = 0;
	this->before = gap[pid, args[0]->so_raddr, args[0]->so_rport];
	this->off = this->gap > this->before ? this->gap - this->before : this->before - this->gap;
	gap[pid, args[0]->so_raddr, args[0]->so_rport] = this->gap;
	steady[pid, args[0]->so_raddr, args[0]->so_rport] =
	    this->before != 0 && this->off * 1000 <= this->before * jitter ? steady[pid, args[0]->so_raddr, args[0]->so_rport] + 1 : 0;
	this->count = steady[pid, args[0]->so_raddr, args[0]->so_rport];
	this->mean = this->gap;
}

socket:::state-change
/this->is && this->by/
{
	byburst[ppid, args[0]->so_raddr, args[0]->so_rport] = 0;
	this->before = bygap[ppid, args[0]->so_raddr, args[0]->so_rport];
	this->off = this->bygap > this->before ? this->bygap - this->before : this->before - this->bygap;
	bygap[ppid, args[0]->so_raddr, args[0]->so_rport] = this->bygap;
	bysteady[ppid, args[0]->so_raddr, args[0]->so_rport] =
	    this->before != 0 && this->off * 1000 <= this->before * jitter ? bysteady[ppid, args[0]->so_raddr, args[0]->so_rport] + 1 : 0;
	this->mean = bysteady[ppid, args[0]->so_raddr, args[0]->so_rport] > this->count ? this->bygap : this->mean;
	this->count = bysteady[ppid, args[0]->so_raddr, args[0]->so_rport] > this->count ?
	    bysteady[ppid, args[0]->so_raddr, args[0]->so_rport] : this->count;
}

/* The first two connections have no interval to compare. */
socket:::state-change
/this->is && this->count + 2 >= connections/
{
	finding("%s connects to %s port %d every %d ms, %d times in a row", execname, args[0]->so_raddr, args[0]->so_rport,
	    this->mean / 1000000, this->count + 2);
}
