/*---
id: EXF-015
version: 0.4.0
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
  private key, and sent something off this machine by a connection of its own soon after.
triage:
  - Which file was it, and has the program business with it?
  - Whose is the destination? Take what was sent from a recording.
false_positives:
  - backups of the whole system
  - programs of a site's own that log in to other machines with a key, or that check passwords
blind_spots:
  - a file that is read through another name or a descriptor that was handed over
  - what one process reads and another one, not started by it, sends, unless the one's standard output is the other's standard input, or there
    are no more than two such programs between; what a shell puts into a command's arguments (`$(base64 key)`)
  - the passwords' file in the hands of the programs of a system's folders that check or keep them (su, sudo, login, sshd, cron and their
    like), and of what they start
  - keys of SSH that are sent to port 22, where ssh uses them; answers of a service on connections that it accepted
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
this uintptr_t pipe;
this int secret;
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
    (strstr(args[0], "/.ssh/id_") != NULL || strstr(args[0], "/private-keys-v1.d/") != NULL ||
    args[0] == "id_rsa" || args[0] == "id_ed25519" || args[0] == "id_ecdsa" || args[0] == "id_dsa")/
{
	secret[pid] = 2;
	name[pid] = args[0];
	opened[pid] = timestamp;
}

file:::opened
/secret[pid] != 0 && opened[pid] == timestamp && out[pid] != 0/
{
	pipesecret[out[pid]] = secret[pid];
	pipename[out[pid]] = name[pid];
	pipeopened[out[pid]] = timestamp;
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
/(secret[pid] != 0 || in[pid] != 0) && args[1] > 0 &&
    (args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_dport != 53 && args[0]->so_dport != 0 &&
    (args[0]->so_type != 1 || outgoing[args[0]->so_address]) &&
    substr(args[0]->so_daddr, 0, 4) != "127." && args[0]->so_daddr != "::1"/
{
	this->pipe = pipesecret[in[pid]] ? in[pid] : pipesecret[upstream[in[pid]]] ? upstream[in[pid]] :
	    pipesecret[upstream[upstream[in[pid]]]] ? upstream[upstream[in[pid]]] : 0;
	this->pipe = secret[pid] == 0 && this->pipe != 0 && timestamp - pipeopened[this->pipe] <= window ? this->pipe : 0;
	this->secret = secret[pid] != 0 && timestamp - opened[pid] <= window ? secret[pid] : this->pipe != 0 ? pipesecret[this->pipe] : 0;
	this->name = secret[pid] != 0 ? name[pid] : pipename[this->pipe];
}

socket:::send
/this->secret != 0 && !(this->secret == 2 && args[0]->so_dport == 22)/
{
	sent[pid] += args[1];
	this->is = 1;
}

socket:::send
/this->is && sent[pid] >= least/
{
	finding("%s %s %s and sent %d bytes after it, last to %s port %d", execname,
	    this->pipe != 0 ? "reads what a program writes that opened" : "opened", this->name, sent[pid],
	    args[0]->so_daddr, args[0]->so_dport);
}

socket:::state-change
/arg2 == 7/
{
	outgoing[args[0]->so_address] = 0;
}

proc:::exit
{
	secret[pid] = 0;
	name[pid] = "";
	opened[pid] = 0;
	sent[pid] = 0;
	in[pid] = 0;
	out[pid] = 0;
}
