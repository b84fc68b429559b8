/*---
id: EXF-015
version: 0.5.0
title: Secret file opened, then something sent
status: test
severity: high
confidence: medium
risk: 80
attack: {version: 18, techniques: [T1005, T1552.004, T1003.008, T1041]}
needs: {events: [file, socket, proc], complete: true}
params:
  window: {type: duration, default: 1m, min: 1s, max: 1d}
  least: {type: size, default: 64B, min: 1, max: 1GiB}
dedup: {key: [process, destination], for: 1h}
why: >
  A process, or one that it started, or that reads what it writes to a pipe (`cat key | nc`, `tar c .ssh | gzip | nc`), opened the passwords' file or a
  private key, and sent something off this machine by a connection of its own soon after. Or the shell itself read what that one wrote, and started
  the process with a long command line (`curl -d "$(base64 key)"`); or it is the ssh of an scp or rsync that did.
triage:
  - Which file was it, and has the program business with it?
  - Whose is the destination? Take what was sent from a recording.
false_positives:
  - backups of the whole system, and keys that somebody copies to a machine of their own
  - scripts that read a key, and soon after start something with a long command line that sends
  - programs of a site's own that log in to other machines with a key, or that check passwords
blind_spots:
  - secrets other than the passwords' file and private keys, as what clients of a service read to show it to that service (~/.aws, ~/.kube, ~/.netrc,
    a browser's), which says nothing by being read and something being sent
  - a file that is read through another name or a descriptor that was handed over
  - what one process reads and another one, not started by it, sends, unless the one's standard output is the other's standard input, or there
    are no more than two such programs between; what a shell reads and gives a command otherwise than as arguments, or another program as its arguments
  - the passwords' file in the hands of the programs of a system's folders that check or keep them (su, sudo, login, sshd, cron and their
    like), and of what they start
  - keys of SSH that ssh or a program of a site's own sends to port 22 itself, where ssh uses them; answers of a service on connections that it accepted
references:
  - https://attack.mitre.org/techniques/T1552/004/
  - https://attack.mitre.org/techniques/T1003/008/
---*/
#pragma D option quiet

int secret[pid_t];
string name[pid_t];
uint64_t opened[pid_t];
uint64_t sent[pid_t];
int outgoing[uintptr_t];
/* By process what its standard input and output lead to; by a pipe what was opened by who writes to it, and what that one reads. */
uintptr_t in[pid_t];
uintptr_t out[pid_t];
uintptr_t upstream[uintptr_t];
int pipesecret[uintptr_t];
string pipename[uintptr_t];
uint64_t pipeopened[uintptr_t];
/* By pipe the program that has it as its standard input. */
pid_t readerOf[uintptr_t];
/* What a shell may have read from a pipe that no other program reads: by process, until that becomes another program. */
int handed[pid_t];
string handedName[pid_t];
uint64_t handedAt[pid_t];
/* By pipe, whose it is then; and which processes are copies of their parents yet, as subshells are. */
pid_t hands[uintptr_t];
int copy[pid_t];
int argued[pid_t];
int leaves[pid_t];
this int leaves;
this int own;
this int parent;
this uintptr_t end;
this uintptr_t pipe;
this string name;
this int is;
this int keeps;
this string program;
this string path;

file:::opened
/arg1 >= 0 && strstr(args[0], "shadow") != NULL/
{
	this->path = execpath();
	this->program = basename(this->path);
	this->keeps = (strstr(this->path, "/usr/") == this->path || strstr(this->path, "/bin/") == this->path ||
	    strstr(this->path, "/sbin/") == this->path || strstr(this->path, "/lib/") == this->path) &&
	    strstr(this->path, "/usr/local/") == NULL &&
	    strstr(" su sudo login sshd sshd-session sshd-auth cron crond atd at unix_chkpwd passwd chpasswd chage chfn chsh useradd usermod userdel groupadd groupmod groupdel newgrp gpasswd pwconv pwck vipw systemd systemd-logind systemd-executor agetty runuser doas polkit-agent-helper-1 gdm-session-worker lightdm sddm-helper vsftpd proftpd auth saslauthd nscd accounts-daemon ",
	    strjoin(" ", strjoin(this->program, " "))) != NULL;
}

file:::opened
/!this->keeps && arg1 >= 0 && (args[0] == "/etc/shadow" || args[0] == "/etc/gshadow" || strstr(args[0], "/etc/shadow-") == args[0])/
{
	secret[pid] = 1;
	name[pid] = args[0];
	opened[pid] = timestamp;
}

/* Private keys of SSH and of GnuPG; the public half is nobody's secret. Who goes through a folder (tar, rsync) opens the name alone. */
file:::opened
/arg1 >= 0 && strstr(args[0], ".pub") == NULL &&
    (strstr(args[0], ".ssh/id_") != NULL || strstr(args[0], "/private-keys-v1.d/") != NULL ||
    args[0] == "id_rsa" || args[0] == "id_ed25519" || args[0] == "id_ecdsa" || args[0] == "id_dsa")/
{
	secret[pid] = 2;
	name[pid] = args[0];
	opened[pid] = timestamp;
}

/* Who uses a key, or makes something else of it, does not hand it on. */
file:::opened
/secret[pid] != 0 && opened[pid] == timestamp/
{
	this->path = execpath();
	this->program = basename(this->path);
	this->leaves = !((strstr(this->path, "/usr/") == this->path || strstr(this->path, "/bin/") == this->path) && strstr(this->path, "/usr/local/") == NULL &&
	    strstr(" ssh ssh-keygen ssh-add ssh-agent git gpg gpgv gpgconf gpg-agent gpg-connect-agent ", strjoin(" ", strjoin(this->program, " "))) != NULL);
	leaves[pid] = leaves[pid] || this->leaves;
}

/* `$(base64 key)`: when nobody has the pipe as standard input it is read by who started the program. */
file:::opened
/this->leaves && out[pid] != 0/
{
	this->end = out[pid];
	this->end = readerOf[this->end] != 0 ? out[readerOf[this->end]] : this->end;
	this->end = readerOf[this->end] != 0 ? out[readerOf[this->end]] : this->end;
}

file:::opened
/this->leaves && out[pid] != 0/
{
	pipesecret[out[pid]] = secret[pid];
	pipename[out[pid]] = name[pid];
	pipeopened[out[pid]] = timestamp;
}

file:::opened
/this->leaves && this->end != 0 && readerOf[this->end] == 0/
{
	handed[ppid] = secret[pid];
	handedName[ppid] = name[pid];
	handedAt[ppid] = timestamp;
	hands[this->end] = ppid;
}

/* A program that came later reads the pipe. */
proc:::exec-success
/args[1] != 0 && (args[1] & 1) == 0/
{
	readerOf[args[1]] = pid;
	this->end = (args[2] & 1) == 0 ? args[2] : 0;
}

proc:::exec-success
/args[1] != 0 && hands[args[1]] != 0/
{
	handed[hands[args[1]]] = this->end != 0 ? handed[hands[args[1]]] : 0;
	hands[this->end] = this->end != 0 ? hands[args[1]] : 0;
	hands[args[1]] = 0;
}

/* Odd ones are terminals, which everybody reads. */
proc:::exec-success
/args[1] != 0 || args[2] != 0 || in[pid] != 0 || out[pid] != 0/
{
	in[pid] = (args[1] & 1) == 0 ? args[1] : 0;
	out[pid] = (args[2] & 1) == 0 ? args[2] : 0;
}

proc:::exec-success
/out[pid] != 0/
{
	upstream[out[pid]] = in[pid] != out[pid] ? in[pid] : 0;
}

proc:::create
/in[pid] != 0 || out[pid] != 0/
{
	in[arg1] = in[pid];
	out[arg1] = out[pid];
}

proc:::create
{
	copy[arg1] = 1;
}

proc:::create
/handed[pid] != 0/
{
	handed[arg1] = handed[pid];
	handedName[arg1] = handedName[pid];
	handedAt[arg1] = handedAt[pid];
}

/* 79 bytes are known of a command line. */
proc:::exec-success
/handed[pid] != 0 && timestamp - handedAt[pid] <= window && strlen(curpsinfo->pr_psargs) >= 79/
{
	secret[pid] = handed[pid];
	name[pid] = handedName[pid];
	opened[pid] = handedAt[pid];
	argued[pid] = 1;
}

proc:::exec-success
{
	copy[pid] = 0;
	handed[pid] = 0;
	handedName[pid] = "";
	handedAt[pid] = 0;
}

/* The subshell of `$(cat key | base64)` is done, and what it wrote is its parent's. */
proc:::exit
/copy[pid] && handed[pid] != 0/
{
	handed[ppid] = handed[pid];
	handedName[ppid] = handedName[pid];
	handedAt[ppid] = handedAt[pid];
}

proc:::create
/secret[pid] != 0/
{
	secret[arg1] = secret[pid];
	name[arg1] = name[pid];
	opened[arg1] = opened[pid];
}

socket:::state-change
/arg2 == 2/
{
	outgoing[args[0]->so_address] = 1;
}

/* Port 53 are look-ups of names. */
socket:::send
/(secret[pid] != 0 || in[pid] != 0 || leaves[ppid]) && args[1] > 0 &&
    (args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_dport != 53 && args[0]->so_dport != 0 &&
    (args[0]->so_type != 1 || outgoing[args[0]->so_address]) &&
    substr(args[0]->so_daddr, 0, 4) != "127." && args[0]->so_daddr != "::1"/
{
	this->own = secret[pid] != 0 && timestamp - opened[pid] <= window && !(secret[pid] == 2 && args[0]->so_dport == 22);
	this->pipe = pipesecret[in[pid]] ? in[pid] : pipesecret[upstream[in[pid]]] ? upstream[in[pid]] :
	    pipesecret[upstream[upstream[in[pid]]]] ? upstream[upstream[in[pid]]] : 0;
	this->pipe = !this->own && this->pipe != 0 && timestamp - pipeopened[this->pipe] <= window ? this->pipe : 0;
	/* scp and rsync have an ssh of their own. */
	this->parent = !this->own && this->pipe == 0 && leaves[ppid] && args[0]->so_dport == 22 && timestamp - opened[ppid] <= window;
	this->name = this->own ? name[pid] : this->pipe != 0 ? pipename[this->pipe] : name[ppid];
}

socket:::send
/this->own || this->pipe != 0 || this->parent/
{
	sent[pid] += args[1];
	this->is = 1;
}

socket:::send
/this->is && sent[pid] >= least/
{
	finding("%s %s %s and sent %d bytes after it, last to %s port %d", execname,
	    this->pipe != 0 ? "reads what a program writes that opened" :
	    this->parent ? "is what a program sends by that opened" :
	    argued[pid] ? "was started with a long command line by who had read what a program wrote that opened" : "opened", this->name, sent[pid],
	    args[0]->so_daddr, args[0]->so_dport);
}

socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
}

proc:::exit
/in[pid] != 0 && readerOf[in[pid]] == pid/
{
	readerOf[in[pid]] = 0;
}

proc:::exit
{
	secret[pid] = 0;
	name[pid] = "";
	opened[pid] = 0;
	sent[pid] = 0;
	in[pid] = 0;
	out[pid] = 0;
	copy[pid] = 0;
	handed[pid] = 0;
	handedName[pid] = "";
	handedAt[pid] = 0;
	argued[pid] = 0;
	leaves[pid] = 0;
}
