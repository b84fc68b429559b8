/*---
id: EXF-013
version: 0.3.0
title: Connections at regular intervals
status: test
severity: medium
confidence: medium
risk: 60
attack: {version: 18, techniques: [T1071.001, T1029, T1008]}
needs: {events: [socket, proc], complete: true}
params:
  connections: {type: integer, default: 10, min: 4, max: 100000}
  jitter: {type: ratio, default: 0.35, min: 0, max: 1}
  least: {type: duration, default: 500ms, min: 10ms, max: 1d}
dedup: {key: [executable, destination, port], for: 6h}
why: >
  An implant asks for orders in steady steps, which it may make longer and shorter by chance. Ten connections in a row to one place whose
  intervals keep to their mean are a program's clock and nobody's hands: none is off by more than twice the `jitter`, and all together by
  no more than three quarters of it, which they are when each is as far off as that, or nearer, by equal chance. Three and more within
  `least` are no step but a burst, and begin the count anew.
triage:
  - Which program is it, which timer or unit starts it, and is the place known?
  - How long has it gone on, and do the sizes stay the same (`culprit flows`)?
false_positives:
  - health checks, telemetry and metrics, package timers, clients that try to connect again
blind_spots:
  - intervals that vary by much more than the parameter
  - beacons within one connection that is kept, and those over datagrams
  - places that change from time to time
references:
  - https://attack.mitre.org/techniques/T1071/001/
  - https://attack.mitre.org/techniques/T1029/
---*/
#pragma D option quiet

uint64_t last[pid_t, string, uint16_t];
uint64_t sum[pid_t, string, uint16_t];
uint64_t away[pid_t, string, uint16_t];
int steady[pid_t, string, uint16_t];
int burst[pid_t, string, uint16_t];
uint64_t bylast[pid_t, string, uint16_t];
uint64_t bysum[pid_t, string, uint16_t];
uint64_t byaway[pid_t, string, uint16_t];
int bysteady[pid_t, string, uint16_t];
int byburst[pid_t, string, uint16_t];
this uint64_t gap;
this uint64_t bygap;
this uint64_t off;
this uint64_t mean;
this uint64_t sum;
this uint64_t away;
this uint64_t total;
this int steps;
this int regular;
this int first;
this int byfirst;
this int own;
this int by;
this int is;
this int count;

/*
 * By the process itself, and by the one that started it: a loop in a shell starts another program each time. The interval, how far it is
 * from the mean of those before, and the sums of both. TCP_SYN_SENT is 2.
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
	steady[pid, args[0]->so_raddr, args[0]->so_rport] = 0;
}

socket:::state-change
/this->is && this->by && byburst[ppid, args[0]->so_raddr, args[0]->so_rport] > 1/
{
	bysteady[ppid, args[0]->so_raddr, args[0]->so_rport] = 0;
}

socket:::state-change
/this->is && this->own/
{
	burst[pid, args[0]->so_raddr, args[0]->so_rport] = 0;
	this->steps = steady[pid, args[0]->so_raddr, args[0]->so_rport];
	this->sum = sum[pid, args[0]->so_raddr, args[0]->so_rport];
	this->mean = this->steps == 0 ? this->gap : this->sum / this->steps;
	this->off = this->gap > this->mean ? this->gap - this->mean : this->mean - this->gap;
	this->steps = this->off * 1000 <= this->mean * 2 * jitter ? this->steps + 1 : 1;
	this->sum = this->steps == 1 ? this->gap : this->sum + this->gap;
	this->away = this->steps == 1 ? 0 : away[pid, args[0]->so_raddr, args[0]->so_rport] + this->off;
	steady[pid, args[0]->so_raddr, args[0]->so_rport] = this->steps;
	sum[pid, args[0]->so_raddr, args[0]->so_rport] = this->sum;
	away[pid, args[0]->so_raddr, args[0]->so_rport] = this->away;
	this->regular = this->away * 4000 <= this->sum * 3 * jitter;
	this->total = this->sum;
	this->count = this->regular ? this->steps : 0;
}

socket:::state-change
/this->is && this->by/
{
	byburst[ppid, args[0]->so_raddr, args[0]->so_rport] = 0;
	this->steps = bysteady[ppid, args[0]->so_raddr, args[0]->so_rport];
	this->sum = bysum[ppid, args[0]->so_raddr, args[0]->so_rport];
	this->mean = this->steps == 0 ? this->bygap : this->sum / this->steps;
	this->off = this->bygap > this->mean ? this->bygap - this->mean : this->mean - this->bygap;
	this->steps = this->off * 1000 <= this->mean * 2 * jitter ? this->steps + 1 : 1;
	this->sum = this->steps == 1 ? this->bygap : this->sum + this->bygap;
	this->away = this->steps == 1 ? 0 : byaway[ppid, args[0]->so_raddr, args[0]->so_rport] + this->off;
	bysteady[ppid, args[0]->so_raddr, args[0]->so_rport] = this->steps;
	bysum[ppid, args[0]->so_raddr, args[0]->so_rport] = this->sum;
	byaway[ppid, args[0]->so_raddr, args[0]->so_rport] = this->away;
	this->regular = this->away * 4000 <= this->sum * 3 * jitter && this->steps > this->count;
	this->total = this->regular ? this->sum : this->total;
	this->count = this->regular ? this->steps : this->count;
}

socket:::state-change
/this->is && this->count > 0 && this->count + 1 >= connections/
{
	finding("%s connects to %s port %d every %d ms, %d times in a row", execname, args[0]->so_raddr, args[0]->so_rport,
	    this->total / this->count / 1000000, this->count + 1);
}
