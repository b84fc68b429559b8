/*---
id: SNF-004
version: 0.5.0
title: Packet capture followed by sending, in one process tree
status: test
severity: high
confidence: medium
risk: 80
attack: {version: 18, techniques: [T1040, T1020, T1041]}
needs: {events: [socket, proc], complete: true}
params:
  frames: {type: integer, default: 20, min: 1, max: 1000000}
  pipeline: {type: duration, default: 1s, min: 1ms, max: 1m}
  ratio: {type: ratio, default: 0.05, min: 0, max: 10}
  line: {type: integer, default: 24, min: 1, max: 65536}
  least: {type: size, default: 4KiB, min: 1, max: 1GiB}
  served: {type: ratio, default: 0.2, min: 0, max: 10}
dedup: {key: [process, destination], for: 1h}
why: >
  A sniffer that sends what it hears takes other people's traffic off the machine. A process that was given frames, and that then sends in
  proportion to them, does that or looks exactly like it: a twentieth of their bytes, or 24 bytes for each. So does a pipeline,
  `tcpdump | nc`: programs that one process started in the same moment, or of which each reads what the one before writes. Who counts flows and sends the counts (NetFlow, IPFIX) sends far less
  than either; and what goes to those who connected to the process is only taken for frames when it is a fifth of them,
  and four kilobytes.
triage:
  - Where does it send to, and does the machine have business there?
  - Does the volume follow the frames? `culprit case -p PID` compares them.
false_positives:
  - agents that ship captures on purpose; make an exception of their executable
  - counters of flows where each flow is a frame or two, as in a scan
  - probers that hear everything to find the answers to what they sent (hping3)
blind_spots:
  - what a filter for a protocol that networks have for themselves lets through (ICMP is one, SNF-002)
  - what is handed to another process by a file, or by a pipe that neither's standard output or input is (SNF-005, `culprit case`)
  - what is sent through the capturing socket itself
  - of a mapped ring the frames are those that the socket counts, once a second, each taken to be as long as the captured packets are on the
    average, and where the process resets its counts all that were captured since; without packets (`--interface`) each for 64 bytes, so that counters of flows may be found
  - what is picked out of many frames, such as passwords; and extracts of less than a fifth of the bytes, where others fetch them
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://attack.mitre.org/techniques/T1041/
---*/
#pragma D option quiet

int hears[uintptr_t];
uint32_t known[uintptr_t];
uint64_t heard[pid_t];
uint64_t times[pid_t];
uint64_t sent[pid_t];
uint64_t given[pid_t];
int asked[uintptr_t];
uint64_t packets;
uint64_t bytes;
this uint64_t length;
int resets[uintptr_t];
uint64_t looked[uintptr_t];
this uint64_t most;
uint64_t born[pid_t];
pid_t above[pid_t];
this pid_t line;
uint64_t lineborn[pid_t];
uint64_t lineheard[pid_t];
uint64_t linetimes[pid_t];
/* By process what its standard input and output lead to, and by the latter what was heard by who writes there, and what that one reads. */
uintptr_t in[pid_t];
uintptr_t out[pid_t];
uintptr_t upstream[uintptr_t];
uint64_t pipeheard[uintptr_t];
uint64_t pipetimes[uintptr_t];
this uintptr_t pipe;
this uint32_t before;
this uint32_t more;
this uint64_t gap;
this int piped;
this uint64_t times;
this uint64_t heard;
this int leaves;
this uint64_t mine;

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

/* How long packets are. */
packet:::send, packet:::receive, packet:::forward
{
	packets++;
	bytes += args[0]->pkt_len;
}

/* Who connected to this process asked for what it is sent. */
socket:::accept
/args[1] >= 0/
{
	asked[args[0]->so_address] = 1;
}

socket:::create
/asked[args[0]->so_address]/
{
	asked[args[0]->so_address] = 0;
}

socket:::create
/args[0]->so_family == 17/
{
	known[args[0]->so_address] = 0;
	resets[args[0]->so_address] = 0;
	looked[args[0]->so_address] = packets;
}

/* What a process heard; a child begins with what its parent had heard. */
socket:::receive
/args[0]->so_family == 17 && args[1] > 0 && hears[args[0]->so_address] != service &&
    hears[args[0]->so_address] != nothing/
{
	heard[pid] += args[1];
	times[pid]++;
}

/* Who asks the kernel for its counts (libpcap's pcap_stats) sets them to zero: then all packets since the socket was made may have been heard. */
socket:::seen
/args[0]->so_family == 17 && args[0]->so_ring != 0 && (args[0]->so_frames != known[args[0]->so_address] ||
    resets[args[0]->so_address]) &&
    hears[args[0]->so_address] != service && hears[args[0]->so_address] != nothing/
{
	this->before = known[args[0]->so_address];
	resets[args[0]->so_address] |= args[0]->so_frames < this->before;
	this->more = args[0]->so_frames > this->before ? args[0]->so_frames - this->before : args[0]->so_frames;
	this->most = resets[args[0]->so_address] ? packets - looked[args[0]->so_address] : 0;
	this->more = this->most > this->more ? this->most : this->more;
	known[args[0]->so_address] = args[0]->so_frames;
	looked[args[0]->so_address] += this->most;
	this->length = packets == 0 ? 64 : bytes / packets;
	heard[pid] += this->more * this->length;
	times[pid] += this->more;
}

socket:::close
/args[0]->so_family == 17 && args[0]->so_ring != 0 && (args[0]->so_frames != known[args[0]->so_address] ||
    resets[args[0]->so_address]) &&
    hears[args[0]->so_address] != service && hears[args[0]->so_address] != nothing/
{
	this->before = known[args[0]->so_address];
	resets[args[0]->so_address] |= args[0]->so_frames < this->before;
	this->more = args[0]->so_frames > this->before ? args[0]->so_frames - this->before : args[0]->so_frames;
	this->most = resets[args[0]->so_address] ? packets - looked[args[0]->so_address] : 0;
	this->more = this->most > this->more ? this->most : this->more;
	known[args[0]->so_address] = args[0]->so_frames;
	looked[args[0]->so_address] += this->most;
	this->length = packets == 0 ? 64 : bytes / packets;
	heard[pid] += this->more * this->length;
	times[pid] += this->more;
}

/* What is known of a pipeline stands with the process that began it, also where one of its programs is run by another (timeout, sudo). */
socket:::receive, socket:::seen, socket:::close
/times[pid] > 0 && born[pid] != 0/
{
	lineborn[ppid] = born[pid];
	lineheard[ppid] = heard[pid];
	linetimes[ppid] = times[pid];
	lineborn[above[ppid]] = born[pid];
	lineheard[above[ppid]] = heard[pid];
	linetimes[above[ppid]] = times[pid];
}

socket:::receive, socket:::seen, socket:::close
/times[pid] > 0 && out[pid] != 0/
{
	pipeheard[out[pid]] = heard[pid];
	pipetimes[out[pid]] = times[pid];
}

/* Odd ones are terminals, which everybody reads. */
proc:::exec-success
/args[1] != 0 || args[2] != 0 || in[pid] != 0 || out[pid] != 0/
{
	in[pid] = (args[1] & 1) == 0 ? args[1] : 0;
	out[pid] = (args[2] & 1) == 0 ? args[2] : 0;
}

/* What was heard by who wrote to a pipe of this address before has nothing to do with it. */
proc:::exec-success
/out[pid] != 0/
{
	upstream[out[pid]] = in[pid] != out[pid] ? in[pid] : 0;
	pipetimes[out[pid]] = 0;
}

proc:::create
{
	in[arg1] = in[pid];
	out[arg1] = out[pid];
	born[arg1] = timestamp;
	above[arg1] = pid;
	heard[arg1] = heard[pid];
	times[arg1] = times[pid];
}

/* Look-ups of names (port 53) are no log of frames, and what stays on this machine is none that leaves it. */
socket:::send
/args[1] > 0 && (args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_dport != 53 &&
    substr(args[0]->so_daddr, 0, 4) != "127." && args[0]->so_daddr != "::1"/
{
	this->line = linetimes[ppid] >= frames ? ppid : above[ppid];
	this->gap = born[pid] > lineborn[this->line] ? born[pid] - lineborn[this->line] : lineborn[this->line] - born[pid];
	this->piped = times[pid] < frames && this->line > 1 && linetimes[this->line] >= frames && born[pid] != 0 &&
	    this->gap <= pipeline;
	this->pipe = times[pid] >= frames || in[pid] == 0 ? 0 : pipetimes[in[pid]] >= frames ? in[pid] :
	    pipetimes[upstream[in[pid]]] >= frames ? upstream[in[pid]] : pipetimes[upstream[upstream[in[pid]]]] >= frames ?
	    upstream[upstream[in[pid]]] : 0;
	this->times = this->pipe != 0 ? pipetimes[this->pipe] : this->piped ? linetimes[this->line] : times[pid];
	this->heard = this->pipe != 0 ? pipeheard[this->pipe] : this->piped ? lineheard[this->line] : heard[pid];
	this->piped |= this->pipe != 0;
	this->mine = this->times >= frames ? args[1] : 0;
	sent[pid] += asked[args[0]->so_address] ? 0 : this->mine;
	given[pid] += asked[args[0]->so_address] ? this->mine : 0;
	this->leaves = 1;
}

socket:::send
/this->leaves && this->times >= frames && (sent[pid] > 0 &&
    (sent[pid] * 1000 >= this->heard * ratio || sent[pid] >= this->times * line) ||
    given[pid] >= least && given[pid] * 1000 >= this->heard * served)/
{
	finding("%s sent %d bytes, last to %s port %d, after %s was given %d frames (%d bytes)", execname, sent[pid] + given[pid],
	    args[0]->so_daddr, args[0]->so_dport, this->piped ? "its pipeline" : "it", this->times, this->heard);
}

proc:::exit
{
	in[pid] = 0;
	out[pid] = 0;
	born[pid] = 0;
	above[pid] = 0;
	heard[pid] = 0;
	times[pid] = 0;
	sent[pid] = 0;
	given[pid] = 0;
	linetimes[pid] = 0;
}
