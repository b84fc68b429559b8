/*---
id: EXE-001
version: 1.0.1
title: Program with a network connection as its standard input and output
status: stable
severity: high
confidence: high
risk: 85
attack: {version: 18, techniques: [T1059.004]}
needs: {events: [socket, proc], complete: true}
dedup: {key: [destination, port], for: 1h}
why: >
  A shell whose standard input and output are a connection that its own side made takes its commands from the other end: a reverse shell.
  A connection that was accepted, and that more than two programs have so, is a shell that somebody connected to: a daemon and the program
  of its service (git daemon, inetd with a wrapper) are two.
triage:
  - Which program is it, who started it, and whose address is at the other end?
  - What did it start since? Its children have the same parent in the findings and in `culprit packets`.
false_positives:
  - inetd, xinetd and systemd's Accept=yes start a service with the accepted connection; one that starts two further
    programs with all of it is told
  - programs that are made to run others on a connection of theirs, which is what this is about
blind_spots:
  - a relay between the connection and a shell's pipe, socket pair or terminal (mkfifo, pty.spawn, socat EXEC, ncat --exec); the shell has
    no connection
  - datagrams (bash's /dev/udp), and a terminal that ssh -R brings
  - a shell that runs nothing but its built-in commands, or that reads the connection by another descriptor
  - a shell that somebody connected to, and that runs no more than one program
  - a connection from before the run
references:
  - https://attack.mitre.org/techniques/T1059/004/
---*/
#pragma D option quiet

int outgoing[uintptr_t];
int accepted[uintptr_t];
int uses[uintptr_t];
int own[uintptr_t];
int programs[uintptr_t];
pid_t holder[uintptr_t];
this int before;

/* Who made the connection: TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2/
{
	outgoing[args[0]->so_address] = 1;
}

socket:::accept
/args[0]->so_family == 2 || args[0]->so_family == 10/
{
	accepted[args[0]->so_address] = 1;
}

/* Reading and writing by it, by any program of the shell: 1 and 2. A program that has one of both (git's helpers) is not counted. */
socket:::inherited
/outgoing[args[0]->so_address] || accepted[args[0]->so_address]/
{
	uses[args[0]->so_address] |= arg2 == 0 ? 1 : 2;
	this->before = holder[args[0]->so_address] == pid ? own[args[0]->so_address] : 0;
	own[args[0]->so_address] = this->before | (arg2 == 0 ? 1 : 2);
	programs[args[0]->so_address] += own[args[0]->so_address] == 3 && this->before != 3;
	holder[args[0]->so_address] = pid;
}

socket:::inherited
/outgoing[args[0]->so_address] && uses[args[0]->so_address] == 3/
{
	finding("%s has the connection to %s port %d, which was made from here, as its standard input and output", execname,
	    args[0]->so_raddr, args[0]->so_rport);
}

socket:::inherited
/accepted[args[0]->so_address] && own[args[0]->so_address] == 3 && programs[args[0]->so_address] > 2/
{
	finding("%s has the connection that %s made to port %d as its standard input and output, and two programs had it before",
	    execname, args[0]->so_raddr, args[0]->so_lport);
}

/* TCP_CLOSE is 7. */
socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
	accepted[args[0]->so_address] = 0;
	uses[args[0]->so_address] = 0;
	own[args[0]->so_address] = 0;
	programs[args[0]->so_address] = 0;
	holder[args[0]->so_address] = 0;
}
