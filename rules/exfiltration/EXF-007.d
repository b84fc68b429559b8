/*---
id: EXF-007
version: 0.1.0
title: Port that the program has not used before
status: test
severity: low
confidence: low
risk: 35
attack: {version: 18, techniques: [T1571]}
needs: {events: [socket, proc], complete: true, history: window}
params:
  window: {type: duration, default: 14d, min: 1d, max: 60d}
dedup: {key: [executable, port], for: 1d}
why: >
  Which ports a host's programs connect to settles within days. A program that goes to another one, which is none of those that everybody uses,
  was changed, does something for somebody else, or was not there before.
triage:
  - Was the program installed or updated just now (`process.package`)?
  - Who started it, whose is the address, and what was said there?
false_positives:
  - new programs and new versions of old ones
  - file transfers, calls and games, whose ports are chosen anew each time
  - a program that is started by another path than before
blind_spots:
  - the ports that everybody uses, and what a program's own work uses
  - what was there before the watch began, or came while the history was too young
  - datagrams of a socket that is not connected
  - scripts of one interpreter, where the interpreter is what is started
references:
  - https://attack.mitre.org/techniques/T1571/
---*/
#pragma D option quiet

this string address;
this string port;
this string key;
this int is;
this int common;

/* TCP_SYN_SENT is 2. */
socket:::state-change
/arg2 == 2 && args[0]->so_rport != 0 && substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	this->address = args[0]->so_raddr;
	this->port = lltostr(args[0]->so_rport);
	this->is = 1;
}

/* SOCK_DGRAM is 2; the families are those of the internet. */
socket:::connect
/args[0]->so_type == 2 && (args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_rport != 0 &&
    substr(args[0]->so_raddr, 0, 4) != "127." && args[0]->so_raddr != "::1"/
{
	this->address = args[0]->so_raddr;
	this->port = lltostr(args[0]->so_rport);
	this->is = 1;
}

/* Ports of FTP, SSH, mail, names, DHCP, HTTP, the time, LDAP, TLS, syslog, printing, rsync and git are everybody's. */
socket:::state-change, socket:::connect
/this->is/
{
	this->key = strjoin(execpath(), strjoin(" ", this->port));
	this->common = strstr(" 20 21 22 25 43 53 67 80 110 123 143 389 443 465 514 546 547 587 631 636 853 873 993 995 9418 ",
	    strjoin(" ", strjoin(this->port, " "))) != NULL;
	this->is = recall("age", this->key) == 0;
	remember(this->key, 1);
}

socket:::state-change, socket:::connect
/this->is && !this->common/
{
	finding("%s (%s) connects to %s port %s, where it has not connected before", execname, execpath(), this->address,
	    this->port);
}
