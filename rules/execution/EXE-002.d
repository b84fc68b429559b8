/*---
id: EXE-002
version: 1.0.0
title: Network use by a program that has no file
status: stable
severity: high
confidence: medium
risk: 75
attack: {version: 18, techniques: [T1620, T1070.004, T1036.005]}
needs: {events: [socket, proc], complete: true}
params:
  young: {type: duration, default: 10m, min: 1s, max: 30d}
dedup: {key: [process], for: 1h}
why: >
  The program that runs has no name in any directory: it was started from memory (memfd_create), or its file was deleted soon after it had
  begun. Nobody can look at it afterwards, and it talks to the network.
triage:
  - "`/proc/PID/exe` still has the program: copy it before the process ends"
  - Was a package upgraded in that moment?
false_positives:
  - a service that was started, and then replaced by an upgrade within `young`
  - programs that unpack others and delete them (installers, test runs)
  - container runtimes run their own start from memory (runc), and open no connection in it
blind_spots:
  - a program that was deleted and makes its first socket later than `young`
  - a socket that it was handed, or had made before its file was deleted
  - interpreters, whose script was deleted
references:
  - https://attack.mitre.org/techniques/T1620/
  - https://attack.mitre.org/techniques/T1070/004/
---*/
#pragma D option quiet

uint64_t begun[pid_t];
int nameless[pid_t];

/* A path of this kind is a descriptor's: fexecve(3). */
proc:::exec-success
{
	begun[pid] = timestamp;
	nameless[pid] = substr(args[0], 0, 8) == "/dev/fd/" || substr(args[0], 0, 6) == "/proc/";
}

/* What connects and binds, and not what is made only, as by look-ups of the C library. */
socket:::connect, socket:::bind, socket:::listen, socket:::accept
/args[0]->so_unlinked && (args[0]->so_family == 2 || args[0]->so_family == 10 || args[0]->so_family == 17) &&
    (nameless[pid] || begun[pid] != 0 && timestamp - begun[pid] < young)/
{
	finding("%s, whose program has no file%s, uses a socket (local port %d, %s port %d)", execname,
	    nameless[pid] ? " and was started from a descriptor" : "", args[0]->so_lport, args[0]->so_raddr, args[0]->so_rport);
}

proc:::create
{
	begun[arg1] = begun[pid];
	nameless[arg1] = nameless[pid];
}

proc:::exit
{
	begun[pid] = 0;
	nameless[pid] = 0;
}
