/*---
id: SNF-004
version: 0.1.0
title: Packet capture followed by sending, in one process tree
status: test
severity: high
confidence: medium
risk: 80
attack: {version: 18, techniques: [T1040, T1020, T1041]}
needs: {events: [socket, proc], complete: true}
params:
  frames: {type: integer, default: 20, min: 1, max: 1000000}
  ratio: {type: ratio, default: 0.05, min: 0, max: 10}
dedup: {key: [process, destination], for: 1h}
why: >
  A sniffer that sends what it hears takes other people's traffic off the machine. A process that was given frames, and that then sends in
  proportion to them, does that or looks exactly like it.
triage:
  - Where does it send to, and does the machine have business there?
  - Does the volume follow the frames? `culprit case -p PID` compares them.
false_positives:
  - agents that ship captures on purpose; make an exception of their executable
blind_spots:
  - what is handed to another process by a pipe or a file and sent by that one (SNF-005, `culprit case`)
  - what is sent through the capturing socket itself
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://attack.mitre.org/techniques/T1041/
---*/
#pragma D option quiet

/* What a process heard; a child begins with what its parent had heard. */
socket:::receive
/args[0]->so_family == 17 && args[1] > 0/
{
	heard[pid] += args[1];
	times[pid]++;
}

proc:::create
/times[pid] > 0/
{
	heard[arg1] = heard[pid];
	times[arg1] = times[pid];
}

/* Look-ups of names (port 53) are no log of frames. */
socket:::send
/times[pid] >= frames && args[1] > 0 && (args[0]->so_family == 2 || args[0]->so_family == 10) &&
    args[0]->so_rport != 53/
{
	sent[pid] += args[1];
}

socket:::send
/sent[pid] > 0 && sent[pid] * 1000 >= heard[pid] * ratio && args[1] > 0 &&
    (args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_rport != 53/
{
	finding("%s was given %d frames (%d bytes) and sent %d bytes, last to %s port %d", execname, times[pid], heard[pid],
	    sent[pid], args[0]->so_raddr, args[0]->so_rport);
}

proc:::exit
{
	heard[pid] = 0;
	times[pid] = 0;
	sent[pid] = 0;
}
