/*---
id: EXF-005
version: 0.2.0
title: ICMP echo that carries data
status: test
severity: high
confidence: medium
risk: 70
attack: {version: 18, techniques: [T1095, T1048.003]}
needs: {events: [packet, socket], complete: true}
params:
  changes: {type: integer, default: 10, min: 2, max: 100000}
  replies: {type: integer, default: 3, min: 1, max: 100000}
dedup: {key: [process, destination], for: 1h}
why: >
  ping sends echo requests of one length, and the kernel answers them. Who sends requests whose length changes all the time, whose
  answers are of another length than the requests, or who answers echo requests by a program of its own, carries data in them.
triage:
  - Which program is it, and who is at the other end?
  - How much did it send? `culprit flows` has the bytes.
false_positives:
  - tests of the path's largest packet (tracepath, ping in a loop of sizes)
  - network monitoring that answers echo requests for other hosts
blind_spots:
  - a tunnel whose packets are all of one length, both ways
  - other kinds of ICMP
references:
  - https://attack.mitre.org/techniques/T1095/
---*/
#pragma D option quiet

uint32_t size[pid_t];
int changed[pid_t];
int answered[pid_t];
int odd[pid_t];
this int changed;
this int answers;
this int odd;

/* ICMP_ECHO is 8, ICMP_ECHOREPLY 0; of IPv6 they are 128 and 129. */
packet::icmp:send
/pid != 0 && args[6]->icmp_type == 8 && args[2]->ip_plength != size[pid]/
{
	changed[pid] += size[pid] != 0;
	size[pid] = args[2]->ip_plength;
	this->changed = 1;
}

packet::icmp6:send
/pid != 0 && args[6]->icmp_type == 128 && args[2]->ip_plength != size[pid]/
{
	changed[pid] += size[pid] != 0;
	size[pid] = args[2]->ip_plength;
	this->changed = 1;
}

packet::icmp:send, packet::icmp6:send
/this->changed && changed[pid] >= changes/
{
	finding("%s sends echo requests to %s whose length changed %d times, last to %d bytes", execname, args[2]->ip_daddr,
	    changed[pid], size[pid]);
}

/* The kernel answers with what it was sent. */
packet::icmp:receive
/pid != 0 && args[6]->icmp_type == 0 && size[pid] != 0 && changed[pid] == 0 && args[2]->ip_plength != size[pid]/
{
	odd[pid]++;
	this->odd = 1;
}

packet::icmp6:receive
/pid != 0 && args[6]->icmp_type == 129 && size[pid] != 0 && changed[pid] == 0 && args[2]->ip_plength != size[pid]/
{
	odd[pid]++;
	this->odd = 1;
}

packet::icmp:receive, packet::icmp6:receive
/this->odd && odd[pid] >= replies/
{
	finding("%s sends echo requests of %d bytes to %s, and %d answers were of another length", execname, size[pid], args[2]->ip_saddr,
	    odd[pid]);
}

packet::icmp:send
/pid != 0 && args[6]->icmp_type == 0/
{
	answered[pid]++;
	this->answers = 1;
}

packet::icmp6:send
/pid != 0 && args[6]->icmp_type == 129/
{
	answered[pid]++;
	this->answers = 1;
}

packet::icmp:send, packet::icmp6:send
/this->answers && answered[pid] >= replies/
{
	finding("%s answers the echo requests of %s by itself, %d times", execname, args[2]->ip_daddr, answered[pid]);
}

proc:::exit
{
	size[pid] = 0;
	changed[pid] = 0;
	answered[pid] = 0;
	odd[pid] = 0;
}
