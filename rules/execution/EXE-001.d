/*---
id: EXE-001
version: 1.1.0
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
  of its service (git daemon, inetd with a wrapper) are two. The same is done by a program between: what it receives it writes to a pipe,
  terminal or unix socket that is another's standard input, and what that one answers it sends back. Or it starts a program for each
  command that comes, and sends what that writes.
triage:
  - Which program is it, who started it, and whose address is at the other end?
  - What did it start since? Its children have the same parent in the findings and in `culprit packets`.
false_positives:
  - inetd, xinetd and systemd's Accept=yes start a service with the accepted connection; one that reads it and starts two further
    programs with all of it is told
  - programs that are made to run others on a connection of theirs, which is what this is about (runners of build jobs, agents that
    take commands from a server, telnetd)
blind_spots:
  - a relay that keeps what it receives before it passes it on (over 20 ms, or another thread's work), or that is asked once and encrypts, that moves it by splice(2), io_uring or
    in several messages at once, or that starts programs for commands which come encrypted, or sends what they write in other pieces
  - a relay of a connection that somebody made to it, when what it passes on is not as long as what it received (sshd's is not), or that is
    asked no more than once, or runs fewer than three programs
  - a terminal that ssh -R brings
  - a shell that reads the connection by another descriptor and runs nothing but its built-in commands
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
/* Who has the connection as its standard input, and by process which one that is. */
pid_t reader[uintptr_t];
uintptr_t reads[pid_t];
/* By connection: how often one of its programs received something. */
int orders[uintptr_t];
/* ... and how many programs write to it since. */
int writers[uintptr_t];
int programs[uintptr_t];
pid_t holder[uintptr_t];
this int before;
this int is;
this uintptr_t input;

/* By channel (a pipe, a terminal, a unix socket): the first program that has it as its standard output, and what its standard input is then. */
pid_t program[uintptr_t];
string name[uintptr_t];
uintptr_t input[uintptr_t];
uintptr_t commanded[uintptr_t];
/* ... and how many programs have had it so since. */
int started[uintptr_t];
uintptr_t alive[pid_t];
/* When the program ended: what another writes to a pipe of the same address later is not its answer. */
uint64_t ended[uintptr_t];
int isShell[uintptr_t];
/* By channel: the connection that is passed on to it, whether it was made from here, and how often in turn with what came back. */
uintptr_t fed[uintptr_t];
int made[uintptr_t];
uintptr_t answered[uintptr_t];
int rounds[uintptr_t];
/* ... and whether all that was passed on was as long as what had come. Else it takes a second time to tell it from chance. */
int exact[uintptr_t];
/* By connection: the named pipe that it is passed on to. */
uintptr_t named[uintptr_t];
/* By process: the connection that it received from last, and when. */
uintptr_t heard[pid_t];
uint64_t heardAt[pid_t];

/* Who made the connection: TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2/
{
	outgoing[args[0]->so_address] = 1;
}

/* A datagram socket that has one at its other end is a connection, too. */
socket:::connect
/args[0]->so_type == 2 && (args[0]->so_family == 2 || args[0]->so_family == 10)/
{
	outgoing[args[0]->so_address] = 1;
}

socket:::create
/outgoing[args[0]->so_address]/
{
	outgoing[args[0]->so_address] = 0;
	uses[args[0]->so_address] = 0;
}

socket:::accept
/args[0]->so_family == 2 || args[0]->so_family == 10/
{
	accepted[args[0]->so_address] = 1;
}

/*
 * Reading and writing by it, by any program of the shell: 1 and 2; who reads is there while others write. A program that has one of both (git's
 * helpers) is not counted.
 */
socket:::inherited
/(outgoing[args[0]->so_address] || accepted[args[0]->so_address]) && arg2 == 0/
{
	uses[args[0]->so_address] |= 1;
	reader[args[0]->so_address] = pid;
	reads[pid] = args[0]->so_address;
}

socket:::inherited
/(outgoing[args[0]->so_address] || accepted[args[0]->so_address]) && arg2 != 0 && reads[reader[args[0]->so_address]] == args[0]->so_address/
{
	uses[args[0]->so_address] |= 2;
	writers[args[0]->so_address] += orders[args[0]->so_address] > 0 && arg2 == 1;
}

/* Orders by one connection, and answers by another. */
socket:::inherited
/outgoing[args[0]->so_address] && arg2 == 1 && reads[pid] != 0 && reads[pid] != args[0]->so_address && outgoing[reads[pid]]/
{
	finding("%s has the connection to %s port %d, which was made from here, as its standard output, and another as its standard input",
	    execname, args[0]->so_raddr, args[0]->so_rport);
}

/* A program that takes orders, and runs another with them before it. */
socket:::inherited
/outgoing[args[0]->so_address] && arg2 == 0 && reads[ppid] == args[0]->so_address && orders[args[0]->so_address] > 0/
{
	finding("%s has the connection to %s port %d, which was made from here, as its standard input, as who started it has, and reads",
	    execname, args[0]->so_raddr, args[0]->so_rport);
}

socket:::inherited
/outgoing[args[0]->so_address] || accepted[args[0]->so_address]/
{
	this->before = holder[args[0]->so_address] == pid ? own[args[0]->so_address] : 0;
	own[args[0]->so_address] = this->before | (arg2 == 0 ? 1 : arg2 == 1 ? 2 : 4);
	programs[args[0]->so_address] += (own[args[0]->so_address] & 3) == 3 && (this->before & 3) != 3;
	holder[args[0]->so_address] = pid;
}

socket:::inherited
/outgoing[args[0]->so_address] && ((own[args[0]->so_address] & 3) == 3 || uses[args[0]->so_address] == 3 &&
    orders[args[0]->so_address] > 0 && (writers[args[0]->so_address] > 1 || (own[args[0]->so_address] & 6) == 6))/
{
	finding("%s has the connection to %s port %d, which was made from here, as its standard input and output", execname,
	    args[0]->so_raddr, args[0]->so_rport);
}

socket:::inherited
/accepted[args[0]->so_address] && (own[args[0]->so_address] & 3) == 3 && programs[args[0]->so_address] > 2 && orders[args[0]->so_address] > 0/
{
	finding("%s has the connection that %s made to port %d as its standard input and output, and two programs had it before",
	    execname, args[0]->so_raddr, args[0]->so_lport);
}

/* A shell that has the connection by another descriptor reads a command, and runs it with its output and errors there. */
socket:::inherited
/outgoing[args[0]->so_address] && arg2 == 2 && own[args[0]->so_address] == 6 && holder[args[0]->so_address] == pid
    && heard[ppid] == args[0]->so_address && timestamp - heardAt[ppid] < 1000000000/
{
	finding("%s has the connection to %s port %d, which was made from here, as its standard output, and was started when something had come",
	    execname, args[0]->so_raddr, args[0]->so_rport);
}

socket:::receive
/args[1] > 0 && reads[pid] == args[0]->so_address/
{
	orders[args[0]->so_address]++;
}

proc:::exit
/reads[pid]/
{
	reads[pid] = 0;
}

socket:::receive
/args[1] > 0 && outgoing[args[0]->so_address]/
{
	heard[pid] = args[0]->so_address;
	heardAt[pid] = timestamp;
}

proc:::exec-success
/args[2] != 0 && program[args[2]] != 0 && program[args[2]] != pid && alive[program[args[2]]] == args[2]/
{
	started[args[2]]++;
}

proc:::exec-success
/args[2] != 0 && (program[args[2]] == 0 || program[args[2]] == pid || alive[program[args[2]]] != args[2])/
{
	isShell[args[2]] = program[args[2]] == pid && isShell[args[2]] ||
	    strstr(" sh bash dash ash zsh ksh mksh fish busybox ", strjoin(" ", strjoin(execname, " "))) != NULL;
	program[args[2]] = pid;
	ended[args[2]] = 0;
	name[args[2]] = execname;
	input[args[2]] = args[1];
	started[args[2]] = 1;
	commanded[args[2]] = heard[ppid] != 0 && timestamp - heardAt[ppid] < 1000000000 ? heard[ppid] : 0;
	alive[pid] = args[2];
}

proc:::exit
/alive[pid] && program[alive[pid]] == pid/
{
	ended[alive[pid]] = timestamp;
}

proc:::exit
/alive[pid]/
{
	alive[pid] = 0;
}

/* The subshell of `$(…)`. */
proc:::create
/heard[pid]/
{
	heard[arg1] = heard[pid];
	heardAt[arg1] = heardAt[pid];
}

proc:::exit
/heard[pid]/
{
	heard[pid] = 0;
	heardAt[pid] = 0;
}

/* What a connection brought was written to a channel. */
socket:::relayed
/args[2] != 1/
{
	rounds[args[3]] = answered[args[3]] == args[0]->so_address ? rounds[args[3]] + 1 :
	    fed[args[3]] == args[0]->so_address ? rounds[args[3]] : 0;
	exact[args[3]] = args[1] == args[4] && (fed[args[3]] != args[0]->so_address || exact[args[3]]);
	fed[args[3]] = args[0]->so_address;
	made[args[3]] = outgoing[args[0]->so_address];
	answered[args[3]] = 0;
	named[args[0]->so_address] = args[2] == 2 ? args[3] : 0;
}

/* What a program wrote to a channel was sent by another, and it is there or was until just now. */
socket:::relayed
/args[2] == 1 && program[args[3]] != pid && (ended[args[3]] == 0 || timestamp - ended[args[3]] < 1000000000)/
{
	this->is = 1;
	this->input = input[args[3]];
}

/* A shell may have the first word. */
socket:::relayed
/this->is && this->input != 0/
{
	answered[this->input] = args[0]->so_address;
	exact[this->input] = args[1] == args[4] && (fed[this->input] != args[0]->so_address || exact[this->input]);
}

socket:::relayed
/args[2] == 1 && named[args[0]->so_address] != 0/
{
	answered[named[args[0]->so_address]] = args[0]->so_address;
	exact[named[args[0]->so_address]] = args[1] == args[4] && exact[named[args[0]->so_address]];
}

socket:::relayed
/this->is && outgoing[args[0]->so_address] && this->input != 0
    && fed[this->input] == args[0]->so_address && (exact[this->input] || rounds[this->input] > 0)/
{
	finding("%s passes what %s port %d sends, on a connection that was made from here, to %s (process %d), and sends what that answers",
	    execname, args[0]->so_raddr, args[0]->so_rport, name[args[3]], program[args[3]]);
}

socket:::relayed
/this->is && accepted[args[0]->so_address] && this->input != 0
    && answered[this->input] == args[0]->so_address && exact[this->input] && rounds[this->input] > 0 && started[args[3]] > 2/
{
	finding("%s passes what %s sends, on a connection that it made to port %d, to %s (process %d), and sends what that answers",
	    execname, args[0]->so_raddr, args[0]->so_lport, name[args[3]], program[args[3]]);
}

/* `cat fifo | sh | nc ADDRESS PORT > fifo`: who reads the named pipe is not the shell, but who writes what the shell reads. */
socket:::relayed
/this->is && outgoing[args[0]->so_address] && named[args[0]->so_address] != 0 && this->input != 0
    && this->input != named[args[0]->so_address] && program[this->input] != 0/
{
	finding("%s passes what %s port %d sends, on a connection that was made from here, to a named pipe, and sends what %s (process %d) answers to %s",
	    execname, args[0]->so_raddr, args[0]->so_rport, name[args[3]], program[args[3]], name[this->input]);
}

socket:::relayed
/this->is && accepted[args[0]->so_address] && named[args[0]->so_address] != 0 && this->input != 0
    && this->input != named[args[0]->so_address] && program[this->input] != 0 && rounds[named[args[0]->so_address]] > 0
    && exact[named[args[0]->so_address]] && started[args[3]] > 2/
{
	finding("%s passes what %s sends, on a connection that it made to port %d, to a named pipe, and sends what %s (process %d) answers to %s",
	    execname, args[0]->so_raddr, args[0]->so_lport, name[args[3]], program[args[3]], name[this->input]);
}

/* `nc A | sh | nc B`: the orders come by another connection than that by which the answers go. */
socket:::relayed
/this->is && outgoing[args[0]->so_address] && this->input != 0 && fed[this->input] != 0
    && fed[this->input] != args[0]->so_address && made[this->input] && started[args[3]] > 1/
{
	finding("%s sends to %s port %d, on a connection that was made from here, what %s (process %d) answers to what comes by another",
	    execname, args[0]->so_raddr, args[0]->so_rport, name[args[3]], program[args[3]]);
}

/*
 * A program was started when something had come, and all that is sent is what it wrote: a shell, or one that was given no input, which would be
 * what had come.
 */
socket:::relayed
/this->is && outgoing[args[0]->so_address] && commanded[args[3]] == args[0]->so_address
    && args[1] == args[4] && (isShell[args[3]] || this->input == 0)/
{
	finding("%s started %s (process %d) when %s port %d had sent something, on a connection that was made from here, and sends what that writes",
	    execname, name[args[3]], program[args[3]], args[0]->so_raddr, args[0]->so_rport);
}

/* TCP_CLOSE is 7. */
socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
	named[args[0]->so_address] = 0;
	accepted[args[0]->so_address] = 0;
	uses[args[0]->so_address] = 0;
	orders[args[0]->so_address] = 0;
	writers[args[0]->so_address] = 0;
	own[args[0]->so_address] = 0;
	programs[args[0]->so_address] = 0;
	holder[args[0]->so_address] = 0;
}
