/*---
id: EXF-004
version: 0.1.1
title: DNS past the resolver
status: test
severity: medium
confidence: medium
risk: 45
attack: {version: 18, techniques: [T1071.004]}
needs: {events: [packet, socket, proc, host], complete: true}
dedup: {key: [executable, destination], for: 1h}
why: >
  Names are asked for at the resolver that the machine is set to, by the library. A program that asks another one, by DNS, DNS over TLS or
  DNS over HTTPS, passes by what is logged and filtered there; malware brings its resolver along, and tunnels want one that answers.
triage:
  - Which names did it ask for (`culprit packets`, `dns:::query`)?
  - Is the address a public resolver, or a server of somebody's own?
false_positives:
  - dig, nslookup and others with a server given by hand
  - browsers with DNS over HTTPS of their own; a resolver that is not bound to port 53 here
  - a program with settings of its own, such as a container's runtime
blind_spots:
  - a process that is itself bound to port 53 is a resolver, and asks whom it likes
  - DNS over HTTPS of a server whose name is not in the list, or is not said
  - packets of which the process is not known
  - once the machine was set to ask somebody it may ask there until the watch ends
  - a process that moves to another mount namespace, or changes its own resolv.conf there, without starting a program
references:
  - https://attack.mitre.org/techniques/T1071/004/
  - https://www.rfc-editor.org/rfc/rfc7858
  - https://www.rfc-editor.org/rfc/rfc8484
---*/
#pragma D option quiet

int known[uint64_t, string];
uint64_t place[pid_t];
int serves[pid_t];
this string to;
this string host;
this int asks;
this int listed;

/* The machine's have place 0; those of processes in another mount namespace its number. */
host:::resolver
{
	known[args[1], args[0]] = 1;
	place[pid] = pid == 0 ? 0 : args[1];
}

proc:::create
/place[pid] != 0 || serves[pid]/
{
	place[arg1] = place[pid];
	serves[arg1] = serves[pid];
}

socket:::bind
/(args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_lport == 53/
{
	serves[pid] = 1;
}

socket:::found
/(args[0]->so_family == 2 || args[0]->so_family == 10) && args[0]->so_lport == 53/
{
	serves[pid] = 1;
}

/* To port 53, and to 853 (DNS over TLS, and over QUIC): datagrams, and the first segment of a connection. TH_SYN is 2, TH_ACK 16. */
packet:::send
/pid != 0 && !serves[pid] && (args[4] != NULL && (args[4]->tcp_dport == 53 || args[4]->tcp_dport == 853) &&
    (args[4]->tcp_flags & 18) == 2 || args[5] != NULL && (args[5]->udp_dport == 53 || args[5]->udp_dport == 853))/
{
	this->to = args[2]->ip_daddr;
	this->asks = !known[0, this->to] && !known[place[pid], this->to] && substr(this->to, 0, 4) != "127." &&
	    this->to != "::1";
}

packet:::send
/this->asks/
{
	finding("%s asks %s for names, port %d, which is not who this machine asks", execname, this->to,
	    args[4] != NULL ? args[4]->tcp_dport : args[5]->udp_dport);
}

/* Public resolvers that answer over HTTPS, by name; the list is short. */
tls:::client-hello
/args[0]->pkt_direction == 2 && pid != 0 && !serves[pid]/
{
	this->host = args[9]->tls_server_name;
	this->listed = this->host == "dns.google" || this->host == "one.one.one.one" ||
	    this->host == "cloudflare-dns.com" || strstr(this->host, ".cloudflare-dns.com") != NULL ||
	    strstr(this->host, ".quad9.net") != NULL || this->host == "doh.opendns.com" ||
	    strstr(this->host, "dns.nextdns.io") != NULL || strstr(this->host, ".adguard-dns.com") != NULL ||
	    this->host == "dns.adguard.com" || this->host == "doh.cleanbrowsing.org" ||
	    strstr(this->host, "dns.mullvad.net") != NULL || strstr(this->host, ".controld.com") != NULL ||
	    this->host == "dns0.eu" || this->host == "doh.dns.sb" || this->host == "dns.alidns.com" ||
	    this->host == "doh.pub";
}

tls:::client-hello
/this->listed/
{
	finding("%s speaks to %s, which answers questions of DNS over HTTPS", execname, this->host);
}

proc:::exit
{
	place[pid] = 0;
	serves[pid] = 0;
}
