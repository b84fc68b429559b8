/*---
id: EXF-001
version: 0.1.0
title: Upload far above the program's own history
status: test
severity: medium
confidence: low
risk: 50
attack: {version: 18, techniques: [T1048, T1041]}
needs: {events: [socket, proc], complete: true, history: window}
params:
  window: {type: duration, default: 14d, min: 1d, max: 60d}
  size: {type: size, default: 50MiB, min: 1KiB, max: 1TiB}
  times: {type: integer, default: 6, min: 1, max: 1000}
dedup: {key: [executable, destination], for: 1d}
why: >
  What a program sends to one network in an hour has a measure of its own: a mail client some megabytes, a backup its gigabytes every night. An hour
  far above what was usual in the weeks before is work that somebody else gave it.
triage:
  - Which program is it, who started it, and is the place known?
  - What else was done in that hour (`culprit flows`), and was there a release, a migration or a restore?
false_positives:
  - the first large upload of a new program, or to a new place
  - growth, migrations, restores of what was lost, and full backups after incremental ones
blind_spots:
  - uploads that are spread over hours or networks (EXF-016 finds some)
  - a program whose own work is as large
  - what a service sends on connections that it accepted, which is its work
references:
  - https://attack.mitre.org/techniques/T1048/
  - https://attack.mitre.org/techniques/T1041/
---*/
#pragma D option quiet

int outgoing[uintptr_t];
this string net;
this string key;
this int is;
this int64_t sum;
this int64_t usual;
this int64_t most;

/* Connections that were made from here: TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2 && substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	outgoing[args[0]->so_address] = 1;
}

/* The network is what stands before the address' last dot, or its third colon. */
socket:::send
/args[1] > 0 && outgoing[args[0]->so_address]/
{
	this->net = strchr(args[0]->so_raddr, '.') != NULL ? substr(args[0]->so_raddr, 0, rindex(args[0]->so_raddr, ".")) :
	    substr(args[0]->so_raddr, 0, index(args[0]->so_raddr, ":", index(args[0]->so_raddr, ":", index(args[0]->so_raddr, ":") + 1) + 1));
	this->key = strjoin(execpath(), strjoin(" ", this->net));
	this->sum = remember(this->key, args[1]);
	this->is = this->sum >= size;
}

/* The median of the hours before, and times their median distance from it. */
socket:::send
/this->is/
{
	this->usual = recall("median", this->key);
	this->most = this->usual + times * recall("deviation", this->key);
}

socket:::send
/this->is && this->sum > this->most/
{
	finding("%s sent %d bytes to the network of %s in this hour, where %d are usual", execname, this->sum,
	    args[0]->so_raddr, this->usual);
}

socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
}
