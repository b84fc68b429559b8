/*---
id: SNF-002
version: 1.0.0
title: Frames delivered to a packet socket
status: stable
severity: medium
confidence: high
risk: 40
attack: {version: 18, techniques: [T1040]}
needs: {events: [socket], complete: true}
params:
  frames: {type: integer, default: 10, min: 1, max: 1000000}
  window: {type: duration, default: 1m, min: 1s, max: 1h}
dedup: {key: [process], for: 1h}
why: >
  An open packet socket may hear nothing. This one was given frames, and its filter does not keep it to a protocol that
  networks have for themselves (DHCP, ARP, LLDP), so its process has seen what is between others.
triage:
  - What does its filter let through? A filter for one service is no sniffer.
  - Does it write or send what it hears (SNF-004)?
false_positives:
  - programs that are to watch the network, such as intrusion detection and flow exporters
blind_spots:
  - a filter for a protocol that networks have for themselves, of which ICMP is one (who reads pings alone is not told)
  - of a mapped ring, which is read without a call, the frames are those that the socket counts, looked at once a second
  - fewer frames than the parameter says
references:
  - https://attack.mitre.org/techniques/T1040/
---*/
#pragma D option quiet

int hears[uintptr_t];
uint32_t known[uintptr_t];
uint64_t heard[pid_t];
uint64_t since[pid_t];
int told[pid_t];
this int late;
this uint32_t before;
this uint32_t more;

/* What a service is given, or what nothing is given (so_breadth), hears nobody. */
inline int service = 3;
inline int nothing = 5;

socket:::create, socket:::bind
/args[0]->so_family == 17 && args[0]->so_breadth != 0/
{
	hears[args[0]->so_address] = args[0]->so_breadth;
}

socket:::attach-filter
/args[0]->so_family == 17 && args[0]->so_breadth != 0/
{
	hears[args[0]->so_address] = args[0]->so_breadth;
}

socket:::found, socket:::seen
/args[0]->so_family == 17 && args[0]->so_breadth != 0/
{
	hears[args[0]->so_address] = args[0]->so_breadth;
}

socket:::receive
/args[0]->so_family == 17 && args[1] > 0 && hears[args[0]->so_address] != service &&
    hears[args[0]->so_address] != nothing/
{
	this->late = timestamp - since[pid] > window;
	heard[pid] = this->late ? 1 : heard[pid] + 1;
	since[pid] = this->late ? timestamp : since[pid];
}

/* A ring: its count begins anew when somebody reads it. */
socket:::seen
/args[0]->so_family == 17 && args[0]->so_ring != 0 && args[0]->so_frames != known[args[0]->so_address] &&
    hears[args[0]->so_address] != service && hears[args[0]->so_address] != nothing/
{
	this->before = known[args[0]->so_address];
	this->more = args[0]->so_frames > this->before ? args[0]->so_frames - this->before : args[0]->so_frames;
	known[args[0]->so_address] = args[0]->so_frames;
	this->late = timestamp - since[pid] > window;
	heard[pid] = this->late ? this->more : heard[pid] + this->more;
	since[pid] = this->late ? timestamp : since[pid];
}

socket:::close
/args[0]->so_family == 17 && args[0]->so_ring != 0 && args[0]->so_frames != known[args[0]->so_address] &&
    hears[args[0]->so_address] != service && hears[args[0]->so_address] != nothing/
{
	this->before = known[args[0]->so_address];
	this->more = args[0]->so_frames > this->before ? args[0]->so_frames - this->before : args[0]->so_frames;
	known[args[0]->so_address] = args[0]->so_frames;
	this->late = timestamp - since[pid] > window;
	heard[pid] = this->late ? this->more : heard[pid] + this->more;
	since[pid] = this->late ? timestamp : since[pid];
}

socket:::receive, socket:::seen, socket:::close
/heard[pid] >= frames && !told[pid]/
{
	told[pid] = 1;
	finding("%s was given %d frames of packet sockets", execname, heard[pid]);
}

proc:::exit
{
	heard[pid] = 0;
	since[pid] = 0;
	told[pid] = 0;
}
