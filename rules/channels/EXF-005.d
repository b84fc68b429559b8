/*---
id: EXF-005
version: 0.3.0
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
  large: {type: size, default: 256B, min: 1, max: 65535}
  requests: {type: integer, default: 10, min: 1, max: 100000}
dedup: {key: [process, destination], for: 1h}
why: >
  ping sends echo requests of one length, and the kernel answers them. Who sends requests whose length changes all the time, whose
  answers are of other lengths than the requests, or who answers echo requests by a program of its own, carries data in them; and so does who
  sends many large ones and is none of the programs of a system's folders that measure the way (ping, fping, mtr and their like).
triage:
  - Which program is it, and who is at the other end?
  - How much did it send? `culprit flows` has the bytes.
false_positives:
  - tests of the path's largest packet (tracepath, ping in a loop of sizes)
  - network monitoring that answers echo requests for other hosts, or that sends large ones by a program of its own
blind_spots:
  - a tunnel whose packets are all of one length, both ways, and small, or whose program lies where ping does under such a name
  - other kinds of ICMP
references:
  - https://attack.mitre.org/techniques/T1095/
---*/
#pragma D option quiet

uint32_t size[pid_t];
/* The length before that. */
uint32_t before[pid_t];
/* How many large requests, of a program that is not there to send them. */
int bulk[pid_t];
int changed[pid_t];
int answered[pid_t];
int odd[pid_t];
this int changed;
this int answers;
this int odd;
this int bulk;
this string path;
this string program;

/* ICMP_ECHO is 8, ICMP_ECHOREPLY 0; of IPv6 they are 128 and 129. */
packet::icmp:send
/pid != 0 && args[6]->icmp_type == 8 && args[2]->ip_plength != size[pid]/
{
	changed[pid] += size[pid] != 0;
	before[pid] = size[pid];
	size[pid] = args[2]->ip_plength;
	this->changed = 1;
}

packet::icmp6:send
/pid != 0 && args[6]->icmp_type == 128 && args[2]->ip_plength != size[pid]/
{
	changed[pid] += size[pid] != 0;
	before[pid] = size[pid];
	size[pid] = args[2]->ip_plength;
	this->changed = 1;
}

packet::icmp:send, packet::icmp6:send
/this->changed && changed[pid] >= changes/
{
	finding("%s sends echo requests to %s whose length changed %d times, last to %d bytes", execname, args[2]->ip_daddr,
	    changed[pid], size[pid]);
}

/* Eight bytes are ICMP's own. */
packet::icmp:send
/pid != 0 && args[6]->icmp_type == 8 && args[2]->ip_plength >= large + 8/
{
	this->path = execpath();
	this->bulk = 1;
}

packet::icmp6:send
/pid != 0 && args[6]->icmp_type == 128 && args[2]->ip_plength >= large + 8/
{
	this->path = execpath();
	this->bulk = 1;
}

packet::icmp:send, packet::icmp6:send
/this->bulk/
{
	this->program = basename(this->path);
	this->bulk = !((strstr(this->path, "/usr/") == this->path || strstr(this->path, "/bin/") == this->path || strstr(this->path, "/sbin/") == this->path || strstr(this->path, "/") == NULL) &&
	    strstr(this->path, "/usr/local/") == NULL &&
	    strstr(" ping ping4 ping6 fping fping6 oping noping mtr mtr-packet traceroute traceroute.db tracepath hping3 nping nmap arping busybox inetutils-ping inetutils-traceroute smokeping check_icmp check_ping ",
	    strjoin(" ", strjoin(this->program, " "))) != NULL);
	bulk[pid] += this->bulk;
}

packet::icmp:send, packet::icmp6:send
/this->bulk && bulk[pid] >= requests/
{
	finding("%s sends echo requests of %d bytes to %s, and has sent %d large ones", execname, args[2]->ip_plength, args[2]->ip_daddr, bulk[pid]);
}

/* The kernel answers with what it was sent; a request of another length may have gone since. */
packet::icmp:receive
/pid != 0 && args[6]->icmp_type == 0 && size[pid] != 0 && changed[pid] < changes && args[2]->ip_plength != size[pid]
    && args[2]->ip_plength != before[pid]/
{
	odd[pid]++;
	this->odd = 1;
}

packet::icmp6:receive
/pid != 0 && args[6]->icmp_type == 129 && size[pid] != 0 && changed[pid] < changes && args[2]->ip_plength != size[pid]
    && args[2]->ip_plength != before[pid]/
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
	before[pid] = 0;
	bulk[pid] = 0;
	changed[pid] = 0;
	answered[pid] = 0;
	odd[pid] = 0;
}
