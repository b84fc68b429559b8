/*---
id: EXF-012
version: 0.1.0
title: Upload at an hour when the program sends nothing
status: test
severity: medium
confidence: low
risk: 55
attack: {version: 18, techniques: [T1029]}
needs: {events: [socket, proc], complete: true, history: window}
params:
  window: {type: duration, default: 14d, min: 1d, max: 60d}
  size: {type: size, default: 10MiB, min: 1KiB, max: 1TiB}
  times: {type: integer, default: 6, min: 1, max: 1000}
  share: {type: ratio, default: 0.05, min: 0, max: 0.5}
  hours: {type: integer, default: 14, min: 1, max: 1000}
dedup: {key: [executable], for: 1d}
why: >
  Programs have their hours: people's at day, backups' at night. One that sends more than it usually does, at an hour of the day when it hardly
  ever sent anything in the weeks before, does so when nobody is thought to look.
triage:
  - Was somebody at work at that time, from another time zone perhaps, or was a timer changed?
  - Which program is it, who started it, and where did it send?
false_positives:
  - work at an unusual time, and summer time, which moves people's hours
  - timers that were set to another hour, and retries of what failed before
blind_spots:
  - uploads in the hours when the program works
  - programs that work at all hours, and those that have seldom sent anything before
  - what a service sends on connections that it accepted, which is its work
references:
  - https://attack.mitre.org/techniques/T1029/
---*/
#pragma D option quiet

int outgoing[uintptr_t];
this string key;
this int is;
this int64_t sum;
this int64_t usual;
this int64_t rarity;

/* Connections that were made from here: TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2 && substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	outgoing[args[0]->so_address] = 1;
}

socket:::send
/args[1] > 0 && outgoing[args[0]->so_address]/
{
	this->key = execpath();
	this->sum = remember(this->key, args[1]);
	this->is = this->sum >= size;
}

/* The hours of the day that have the rest of what it did are its active ones. */
socket:::send
/this->is/
{
	this->usual = recall("median", this->key);
	this->rarity = recall("rarity", this->key);
	this->is = this->rarity < share && recall("hours", this->key) > hours &&
	    this->sum > this->usual + times * recall("deviation", this->key);
}

socket:::send
/this->is/
{
	finding("%s sent %d bytes in this hour, last to %s port %d, at a time of the day that has %d in 1000 of the hours in which it sends",
	    execname, this->sum, args[0]->so_raddr, args[0]->so_rport, this->rarity);
}

socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
}
