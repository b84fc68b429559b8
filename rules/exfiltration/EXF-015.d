/*---
id: EXF-015
version: 0.3.0
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
  A process, or one that it started, opened the passwords' file or a private key, and sent something off this machine by a connection of
  its own soon after.
triage:
  - Which file was it, and has the program business with it?
  - Whose is the destination? Take what was sent from a recording.
false_positives:
  - backups of the whole system
  - programs of a site's own that log in to other machines with a key, or that check passwords
blind_spots:
  - a file that is read through another name or a descriptor that was handed over
  - what one process reads and another one, not started by it, sends
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

/* Private keys of SSH and of GnuPG; the public half is nobody's secret. */
file:::opened
/arg1 >= 0 && strstr(args[0], ".pub") == NULL &&
    (strstr(args[0], "/.ssh/id_") != NULL || strstr(args[0], "/private-keys-v1.d/") != NULL)/
{
	secret[pid] = 2;
	name[pid] = args[0];
	opened[pid] = timestamp;
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
/secret[pid] != 0 && args[1] > 0 && timestamp - opened[pid] <= window &&
    (args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_dport != 53 && args[0]->so_dport != 0 &&
    (args[0]->so_type != 1 || outgoing[args[0]->so_address]) && !(secret[pid] == 2 && args[0]->so_dport == 22) &&
    substr(args[0]->so_daddr, 0, 4) != "127." && args[0]->so_daddr != "::1"/
{
	sent[pid] += args[1];
	this->is = 1;
}

socket:::send
/this->is && sent[pid] >= least/
{
	finding("%s opened %s and sent %d bytes after it, last to %s port %d", execname, name[pid], sent[pid],
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
}
