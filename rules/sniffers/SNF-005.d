/*---
id: SNF-005
version: 0.2.0
title: Captured to a file, sent by another program
status: test
severity: high
confidence: medium
risk: 75
attack: {version: 18, techniques: [T1040, T1074, T1048]}
needs: {events: [file, socket, proc], complete: true}
params:
  window: {type: duration, default: 1h, min: 1s, max: 30d}
  least: {type: size, default: 1KiB, min: 1, max: 1GiB}
dedup: {key: [process, destination], for: 1h}
why: >
  A program with a packet socket opened a file to write it, and another one opened that file and then sent something off this machine: a
  sniffer whose log is fetched by somebody else.
triage:
  - Is the file the administrator's own capture, copied to a desk?
  - What is at the destination?
false_positives:
  - captures that are copied on purpose; monitoring that ships its captures by rsync
blind_spots:
  - a file that was renamed, or that each opened by another path (relative to another folder)
  - a program that read the file and hands it to another one
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://attack.mitre.org/techniques/T1074/
---*/
#pragma D option quiet

int captures[pid_t];
pid_t writer[string];
uint64_t written[string];
int has[pid_t];
string name[pid_t];
uint64_t sent[pid_t];
this int is;

socket:::create
/args[0]->so_family == 17/
{
	captures[pid] = 1;
}

socket:::found
/args[0]->so_family == 17/
{
	captures[pid] = 1;
}

proc:::create
/captures[pid]/
{
	captures[arg1] = 1;
}

/* O_WRONLY is 1, O_RDWR 2. What is below /dev and /proc is no log. */
file:::opened
/arg1 >= 0 && captures[pid] && (arg2 & 3) != 0 && substr(args[0], 0, 5) != "/dev/" && substr(args[0], 0, 6) != "/proc/"/
{
	writer[args[0]] = pid;
	written[args[0]] = timestamp;
}

file:::opened
/arg1 >= 0 && !captures[pid] && (arg2 & 3) != 1 && writer[args[0]] != 0 && timestamp - written[args[0]] <= window/
{
	has[pid] = 1;
	name[pid] = args[0];
}

socket:::send
/has[pid] && args[1] > 0 && (args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_dport != 53 &&
    substr(args[0]->so_daddr, 0, 4) != "127." && args[0]->so_daddr != "::1"/
{
	sent[pid] += args[1];
	this->is = 1;
}

socket:::send
/this->is && sent[pid] >= least/
{
	finding("%s opened %s, which a program with a packet socket wrote, and sent %d bytes, last to %s port %d", execname,
	    name[pid], sent[pid], args[0]->so_daddr, args[0]->so_dport);
}

proc:::exit
{
	captures[pid] = 0;
	has[pid] = 0;
	name[pid] = "";
	sent[pid] = 0;
}
