/*---
id: EXE-004
version: 0.2.1
title: Anonymizing network, or credentials asked of a cloud's metadata service
status: test
severity: medium
confidence: medium
risk: 55
attack: {version: 18, techniques: [T1090.003, T1552.005]}
needs: {events: [packet, socket], complete: true}
params:
  letters: {type: integer, default: 8, min: 4, max: 25}
  digits: {type: integer, default: 2, min: 1, max: 6}
dedup: {key: [executable, destination], for: 1d}
why: >
  In a cloud every process of a machine may ask the metadata service for the machine's credentials. Whoever gets to run something there does
  so first. And whoever wants to be called back without being found uses Tor: its client says `www.`, letters and digits of base 32 by
  chance, and `.com` as the server's name of TLS, a name that nobody ever asked for; others reach it by its SOCKS port.
triage:
  - Which program asked, and does it work with the cloud's interface?
  - Were the credentials used from elsewhere afterwards? The cloud's log knows.
  - Has somebody a reason to use Tor here?
false_positives:
  - the cloud's own agents, and programs that use its libraries; make exceptions of their executables
  - Tor Browser, OnionShare and the like in the hands of people who use them on purpose
  - another service at 9050 or 9150 of this machine, or of TLS at somebody's 9001 or 9030
  - a real name with two digits that was asked for before the watch began
blind_spots:
  - relays by their addresses, of which there is no list here; other ports, and bridges that look like something else (obfs4, snowflake)
  - names that have too few digits by chance, which a second connection makes up for
  - I2P and other networks
  - a name of one's own for the service's address, and a path with escapes in it
references:
  - https://attack.mitre.org/techniques/T1552/005/
  - https://attack.mitre.org/techniques/T1090/003/
  - https://spec.torproject.org/tor-spec/
  - https://www.rfc-editor.org/rfc/rfc7686
---*/
#pragma D option quiet

/* Of Amazon, Google and Azure. */
http:::request
/args[0]->pkt_direction == 2 && (args[2]->ip_daddr == "169.254.169.254" || args[2]->ip_daddr == "fd00:ec2::254" ||
    args[9]->http_host == "metadata.google.internal") &&
    (strstr(args[9]->http_target, "/security-credentials/") != NULL ||
    strstr(args[9]->http_target, "/identity/oauth2/token") != NULL ||
    strstr(args[9]->http_target, "/service-accounts/") != NULL && strstr(args[9]->http_target, "token") != NULL)/
{
	finding("%s asks the metadata service for credentials: %s", execname, args[9]->http_target);
}

int asked[string];
this string name;
this string label;
this int length;
this int digits;
this int others;
this int isTor;

/* What was asked for is no made-up name. RFC 7686: nobody should ask for a name below onion. */
dns:::query
{
	this->name = args[9]->dns_name;
	asked[this->name] = 1;
	this->length = strlen(this->name);
}

dns:::query
/args[0]->pkt_direction == 2 && (this->name == "torproject.org" ||
    this->length > 15 && substr(this->name, this->length - 15) == ".torproject.org" ||
    this->length > 6 && substr(this->name, this->length - 6) == ".onion")/
{
	finding("%s asks for %s", execname, this->name);
}

/* Of such a name all but `www.` and `.com`: base 32 has no 0, 1, 8 and 9, and every sixth character is a digit. */
tls:::client-hello
/args[0]->pkt_direction == 2/
{
	this->name = args[9]->tls_server_name;
	this->length = strlen(this->name);
	this->label = this->length > 8 ? substr(this->name, 4, this->length - 8) : "";
	this->digits = (index(this->label, "2") >= 0) + (index(this->label, "3") >= 0) + (index(this->label, "4") >= 0) +
	    (index(this->label, "5") >= 0) + (index(this->label, "6") >= 0) + (index(this->label, "7") >= 0);
	this->others = index(this->label, ".") >= 0 || index(this->label, "-") >= 0 || index(this->label, "_") >= 0 ||
	    index(this->label, "0") >= 0 || index(this->label, "1") >= 0 || index(this->label, "8") >= 0 ||
	    index(this->label, "9") >= 0;
	this->isTor = this->length >= letters + 8 && this->length <= 33 && substr(this->name, 0, 4) == "www." &&
	    (substr(this->name, this->length - 4) == ".com" || substr(this->name, this->length - 4) == ".net") &&
	    this->digits >= digits && !this->others && !asked[this->name];
}

tls:::client-hello
/this->isTor/
{
	finding("%s begins TLS with %s port %d as Tor does: nobody asked for %s", execname, args[2]->ip_daddr,
	    args[4] != NULL ? args[4]->tcp_dport : 0, this->name);
}

tls:::client-hello
/args[0]->pkt_direction == 2 && !this->isTor && args[4] != NULL &&
    (args[4]->tcp_dport == 9001 || args[4]->tcp_dport == 9030)/
{
	finding("%s begins TLS with %s port %d, which relays of Tor have", execname, args[2]->ip_daddr, args[4]->tcp_dport);
}

/* Tor's, and Tor Browser's. EINPROGRESS is 115. */
socket:::connect
/(args[1] == 0 || args[1] == -115) && (args[0]->so_rport == 9050 || args[0]->so_rport == 9150) &&
    (substr(args[0]->so_raddr, 0, 4) == "127." || args[0]->so_raddr == "::1")/
{
	finding("%s connects to port %d of this machine, where Tor listens for SOCKS", execname, args[0]->so_rport);
}

socks:::request
/args[0]->pkt_direction == 2/
{
	this->name = args[9]->socks_host;
	this->length = strlen(this->name);
}

socks:::request
/args[0]->pkt_direction == 2 && this->length > 6 && substr(this->name, this->length - 6) == ".onion"/
{
	finding("%s has a proxy connect to %s", execname, this->name);
}
