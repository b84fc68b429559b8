/*---
id: EXF-006
version: 0.1.0
title: Upload by HTTP to a bare address
status: test
severity: medium
confidence: medium
risk: 55
attack: {version: 18, techniques: [T1048.003, T1071.001]}
needs: {events: [packet], complete: true}
params:
  body: {type: size, default: 64KiB, min: 1, max: 1GiB}
dedup: {key: [process, destination], for: 1h}
why: >
  What is uploaded in clear text to a server that has no name goes to somebody who did not want one to be seen. Programs know their servers
  by names.
triage:
  - Whose address is it, and which file was sent (`culprit record -p PID`)?
false_positives:
  - a site's own services that are called by address, within a cluster above all
  - printers, cameras and other devices
blind_spots:
  - HTTPS
  - a Host that is a name which the request's address does not have
references:
  - https://attack.mitre.org/techniques/T1048/003/
---*/
#pragma D option quiet

uint64_t bare[uint64_t];
this uint64_t sent;

/* The Host is the address that the request goes to, with or without a port, or an address of IPv6 in brackets. */
http:::request
/args[0]->pkt_direction == 2 && (args[9]->http_method == "POST" || args[9]->http_method == "PUT") &&
    substr(args[2]->ip_daddr, 0, 4) != "127." && args[2]->ip_daddr != "::1" &&
    (strtok(args[9]->http_host, ":") == args[2]->ip_daddr || substr(args[9]->http_host, 0, 1) == "[")/
{
	bare[args[1]->cs_cid] = (args[8]->fl_outbound ? args[8]->fl_bytes_out : args[8]->fl_bytes_in) + 1;
}

packet::tcp:send
/args[1]->cs_cid != 0 && bare[args[1]->cs_cid] != 0/
{
	this->sent = (args[8]->fl_outbound ? args[8]->fl_bytes_out : args[8]->fl_bytes_in) - bare[args[1]->cs_cid];
}

packet::tcp:send
/this->sent > 0 && this->sent >= body/
{
	finding("%s uploads %d bytes by HTTP to %s, which the request names by its address", execname, this->sent,
	    args[2]->ip_daddr);
	bare[args[1]->cs_cid] = 0;
}

/* TH_FIN and TH_RST. */
packet::tcp:send, packet::tcp:receive
/(args[4]->tcp_flags & 5) != 0 && args[1]->cs_cid != 0 && bare[args[1]->cs_cid] != 0/
{
	bare[args[1]->cs_cid] = 0;
}
