/*---
id: EXF-016
version: 0.2.0
title: Slow drip of pieces of one size
status: test
severity: medium
confidence: low
risk: 50
attack: {version: 18, techniques: [T1030, T1020]}
needs: {events: [socket, proc], complete: true, history: window}
params:
  window: {type: duration, default: 14d, min: 1d, max: 60d}
  sends: {type: integer, default: 200, min: 2, max: 1000000}
  hours: {type: integer, default: 6, min: 1, max: 24}
  spread: {type: ratio, default: 0.05, min: 0, max: 1}
  least: {type: size, default: 64, min: 1, max: 1GiB}
  habit: {type: duration, default: 7d, min: 1h, max: 60d}
dedup: {key: [executable, destination], for: 1d}
why: >
  Who wants to stay below every threshold sends pieces of one size, some an hour, all day long. A program that begins to do so to one place, and did
  not in the weeks before, is worth a look, be the sum as small as it may.
triage:
  - Which program is it, who started it, and when was it installed?
  - What is in the pieces (`culprit record -p PID --payload full`)?
false_positives:
  - agents, telemetry, keep-alives and polling of a program that is new here
blind_spots:
  - pieces whose sizes differ by more than the parameter
  - a drip that was there before the watch began, or for longer than `habit`
  - many destinations
  - a new process for each piece by another program each time
references:
  - https://attack.mitre.org/techniques/T1030/
  - https://attack.mitre.org/techniques/T1020/
---*/
#pragma D option quiet

inline int64_t day = 86400000000000;

int outgoing[uintptr_t];
this string key;
this int is;

/* Connections that were made from here: TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2 && substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	outgoing[args[0]->so_address] = 1;
}

/* SOCK_DGRAM is 2; the families are those of the internet. */
socket:::send
/args[1] >= least && args[0]->so_dport != 0 && (outgoing[args[0]->so_address] || args[0]->so_type == 2 &&
    (args[0]->so_family == 2 || args[0]->so_family == 10) && substr(args[0]->so_daddr, 0, 4) != "127." &&
    args[0]->so_daddr != "::1")/
{
	this->key = strjoin(execpath(), strjoin(" ", args[0]->so_daddr));
	remember(this->key, args[1]);
	this->is = recall("count", this->key, day) > sends;
}

socket:::send
/this->is/
{
	this->is = recall("hours", this->key, day) >= hours && recall("variation", this->key, day) < spread &&
	    recall("age", this->key) <= habit;
}

socket:::send
/this->is/
{
	finding("%s sends pieces of about %d bytes to %s, %d of them in a day and in %d of its hours", execname, args[1],
	    args[0]->so_daddr, recall("count", this->key, day), recall("hours", this->key, day));
}

socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
}
