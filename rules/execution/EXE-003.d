/*---
id: EXE-003
version: 0.1.0
title: Listener of a program from a place that anybody may write
status: test
severity: medium
confidence: medium
risk: 60
attack: {version: 18, techniques: [T1571, T1059.004]}
needs: {events: [socket, proc], complete: true}
dedup: {key: [process], for: 1h}
why: >
  Services are installed. A program in /tmp, /var/tmp or /dev/shm, or one whose file is gone, that waits for connections from other machines
  was brought here by somebody who could not install it.
triage:
  - What is the program, and who put it there?
  - Who has connected to it since (`culprit flows`)?
false_positives:
  - people who build and try programs of their own there
  - installers that serve files for a moment
blind_spots:
  - a program that was copied elsewhere, an interpreter of the system that runs a script
  - a path that leads there through a link or another mount
  - a program that was started by a path relative to its folder, or before the run
references:
  - https://attack.mitre.org/techniques/T1571/
---*/
#pragma D option quiet

int loose[pid_t];

proc:::exec-success
{
	loose[pid] = substr(args[0], 0, 5) == "/tmp/" || substr(args[0], 0, 9) == "/var/tmp/" || substr(args[0], 0, 9) == "/dev/shm/";
}

proc:::create
/loose[pid]/
{
	loose[arg1] = 1;
}

socket:::listen
/arg1 >= 0 && (loose[pid] || args[0]->so_unlinked) && (args[0]->so_family == 2 || args[0]->so_family == 10) &&
    substr(args[0]->so_laddr, 0, 4) != "127." && args[0]->so_laddr != "::1"/
{
	finding("%s waits for connections on port %d, and its program is %s", execname, args[0]->so_lport,
	    args[0]->so_unlinked ? "no file any more" : "in a place that anybody may write");
}

proc:::exit
{
	loose[pid] = 0;
}
