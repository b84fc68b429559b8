/*---
id: EXE-003
version: 0.2.0
title: Listener of a program from a place that anybody may write
status: test
severity: medium
confidence: medium
risk: 60
attack: {version: 18, techniques: [T1571, T1059.004]}
needs: {events: [socket, proc], complete: true}
dedup: {key: [process], for: 1h}
why: >
  Services are installed. A program in /tmp, /var/tmp or /dev/shm, a script there in the hands of an interpreter, or a program whose file is
  gone, that waits for connections or, on a port of its own choice, for datagrams from other machines was brought here by somebody who could not
  install it.
triage:
  - What is the program, and who put it there?
  - Who has connected to it since (`culprit flows`)?
false_positives:
  - people who build and try programs of their own there
  - installers that serve files for a moment; programs that unpack themselves there (AppImage)
blind_spots:
  - a program that was copied elsewhere, a script that an interpreter of the system is given after more than two options or on its input
  - a path that leads there through a link or another mount
  - a program or script that was started by a path relative to its folder, or before the run
  - a program there that waits for nobody, as one that was downloaded, is run and connects to others
  - datagrams to a port above 32767, which a program that only sends may have as well
references:
  - https://attack.mitre.org/techniques/T1571/
---*/
#pragma D option quiet

int loose[pid_t];
this string words;
this int is;

/* `python3 -u /tmp/script`: what comes after the name and at most two options. */
proc:::exec-success
/strstr(" python perl ruby node php lua tclsh bash dash sh zsh ksh ", substr(strjoin(" ", basename(args[0])), 0, 4)) != NULL/
{
	this->words = curpsinfo->pr_psargs;
	this->words = index(this->words, " ") < 0 ? "" : substr(this->words, index(this->words, " ") + 1);
	this->words = substr(this->words, 0, 1) == "-" && index(this->words, " ") >= 0 ? substr(this->words, index(this->words, " ") + 1) : this->words;
	this->words = substr(this->words, 0, 1) == "-" && index(this->words, " ") >= 0 ? substr(this->words, index(this->words, " ") + 1) : this->words;
	this->is = substr(this->words, 0, 5) == "/tmp/" || substr(this->words, 0, 9) == "/var/tmp/" || substr(this->words, 0, 9) == "/dev/shm/";
}

proc:::exec-success
{
	loose[pid] = substr(args[0], 0, 5) == "/tmp/" || substr(args[0], 0, 9) == "/var/tmp/" || substr(args[0], 0, 9) == "/dev/shm/" ? 1 : this->is ? 2 : 0;
}

proc:::create
/loose[pid]/
{
	loose[arg1] = loose[pid];
}

socket:::listen
/arg1 >= 0 && (loose[pid] || args[0]->so_unlinked) && (args[0]->so_family == 2 || args[0]->so_family == 10) &&
    substr(args[0]->so_laddr, 0, 4) != "127." && args[0]->so_laddr != "::1"/
{
	finding("%s waits for connections on port %d, and its %s", execname, args[0]->so_lport, args[0]->so_unlinked ? "program is no file any more" :
	    loose[pid] == 2 ? "script is in a place that anybody may write" : "program is in a place that anybody may write");
}

/* SOCK_DGRAM is 2. The system itself chooses ports from 32768 on. */
socket:::bind
/arg1 >= 0 && args[0]->so_type == 2 && args[0]->so_lport != 0 && args[0]->so_lport < 32768 && (loose[pid] || args[0]->so_unlinked) &&
    (args[0]->so_family == 2 || args[0]->so_family == 10) && substr(args[0]->so_laddr, 0, 4) != "127." && args[0]->so_laddr != "::1"/
{
	finding("%s waits for datagrams on port %d, and its %s", execname, args[0]->so_lport, args[0]->so_unlinked ? "program is no file any more" :
	    loose[pid] == 2 ? "script is in a place that anybody may write" : "program is in a place that anybody may write");
}

proc:::exit
{
	loose[pid] = 0;
}
