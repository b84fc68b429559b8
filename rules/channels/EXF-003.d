/*---
id: EXF-003
version: 1.1.1
title: Names asked for that carry data
status: stable
severity: high
confidence: medium
risk: 75
attack: {version: 18, techniques: [T1071.004, T1048.003, T1572]}
needs: {events: [packet], complete: true}
params:
  names: {type: integer, default: 100, min: 10, max: 100000}
  longer: {type: integer, default: 20, min: 1, max: 100000}
  label: {type: integer, default: 40, min: 10, max: 255}
  window: {type: duration, default: 10m, min: 1s, max: 1d}
dedup: {key: [process], for: 1h}
why: >
  A tunnel through DNS writes what it sends into the names that it asks for: one process asks for a hundred different names below one domain,
  or for twenty that have forty letters and more in front of it. What it was asked for itself by others is not its own. What a process's
  children ask for, each a name, counts for it, too, where the names are of sixteen letters and more.
triage:
  - Which domain is it, and who runs its name servers?
  - What does the process send otherwise, and who started it?
false_positives:
  - mail servers that ask block lists, whose names are addresses
  - virus scanners and content networks that ask with a number of their own in each name
  - a resolver whose clients' questions are not captured (on loopback); it is named instead of them
blind_spots:
  - what a resolver asks for its clients, who are watched where they are
  - queries through a resolver of this machine on loopback, unless that is captured (`--interface any`)
  - DNS within TLS or HTTPS
  - the domain is taken to be the last two labels of a name
  - a tunnel that sends less than the parameters say, and names of which the process is not known
references:
  - https://attack.mitre.org/techniques/T1071/004/
  - https://attack.mitre.org/techniques/T1572/
---*/
#pragma D option quiet
/* Of each byte of a name that is no letter four characters are written (RFC 4343). */
#pragma D option strsize=1024

string asked[pid_t, string];
string before[pid_t, string];
uint64_t since[pid_t, string];
int count[pid_t, string];
int longs[pid_t, string];
string heard[pid_t, string];
string byasked[pid_t, string];
uint64_t bysince[pid_t, string];
int bycount[pid_t, string];
int bylongs[pid_t, string];
int bytold[pid_t, string];
this string name;
this string domain;
this int last;
this int second;
this int letters;
this int fresh;
this int by;

/* Of each name the last two labels, and the letters in front of them. */
dns:::query
/pid != 0/
{
	this->name = tolower(args[9]->dns_name);
	this->last = rindex(this->name, ".");
	this->second = this->last > 0 ? rindex(this->name, ".", this->last - 1) : -1;
	this->domain = substr(this->name, this->second + 1);
	this->letters = this->second > 0 ? this->second : 0;
}

dns:::query
/this->letters > 0 && timestamp - since[pid, this->domain] > window/
{
	since[pid, this->domain] = timestamp;
	count[pid, this->domain] = 0;
	longs[pid, this->domain] = 0;
}

/* What a resolver is asked for comes first, and is taken off what it asks for then. */
dns:::query
/args[0]->pkt_direction == 1 && this->letters > 0 && this->name != heard[pid, this->domain]/
{
	heard[pid, this->domain] = this->name;
	count[pid, this->domain]--;
	longs[pid, this->domain] -= this->letters >= label;
	bycount[ppid, this->domain] -= this->letters >= 16;
	bylongs[ppid, this->domain] -= this->letters >= label;
}

/* This process's own questions. */
dns:::query
/args[0]->pkt_direction == 2 && this->letters > 0 && this->name != asked[pid, this->domain] && this->name != before[pid, this->domain]/
{
	before[pid, this->domain] = asked[pid, this->domain];
	asked[pid, this->domain] = this->name;
	count[pid, this->domain]++;
	longs[pid, this->domain] += this->letters >= label;
	this->fresh = 1;
}

/* A loop in a shell starts another program for each name. */
dns:::query
/this->fresh && ppid > 1 && timestamp - bysince[ppid, this->domain] > window/
{
	bysince[ppid, this->domain] = timestamp;
	bycount[ppid, this->domain] = 0;
	bylongs[ppid, this->domain] = 0;
	bytold[ppid, this->domain] = 0;
}

dns:::query
/this->fresh && ppid > 1 && this->name != byasked[ppid, this->domain]/
{
	byasked[ppid, this->domain] = this->name;
	bycount[ppid, this->domain] += this->letters >= 16;
	bylongs[ppid, this->domain] += this->letters >= label;
	this->by = count[pid, this->domain] < names && longs[pid, this->domain] < longer;
}

dns:::query
/this->by && !bytold[ppid, this->domain] && (bycount[ppid, this->domain] >= names || bylongs[ppid, this->domain] >= longer)/
{
	finding("%s and others that process %d started asked for %d long names below %s, %d of them with %d letters or more",
	    execname, ppid, bycount[ppid, this->domain], this->domain, bylongs[ppid, this->domain], label);
	bytold[ppid, this->domain] = 1;
}

dns:::query
/this->fresh && (count[pid, this->domain] >= names || longs[pid, this->domain] >= longer)/
{
	finding("%s asked for %d names below %s, %d of them with %d letters or more", execname, count[pid, this->domain],
	    this->domain, longs[pid, this->domain], label);
}
