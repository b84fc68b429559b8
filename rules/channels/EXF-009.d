/*---
id: EXF-009
version: 0.1.0
title: TLS to a server without a name
status: test
severity: low
confidence: medium
risk: 30
attack: {version: 18, techniques: [T1573.002]}
needs: {events: [packet], complete: true}
dedup: {key: [executable, destination], for: 1d}
why: >
  Whoever begins TLS says which server it wants by its name. One that says none knows an address only, as implants with a built-in address do,
  or hides the name.
triage:
  - Whose address is it, and which program asked?
  - The client's fingerprint (JA4) is in the sentence; is it that of a library in use here?
false_positives:
  - services that are called by address, within a cluster above all
  - mail servers among themselves, which may leave the name out
blind_spots:
  - a name that is made up
  - the server's certificate, which TLS 1.3 encrypts, is not looked at
references:
  - https://attack.mitre.org/techniques/T1573/002/
---*/
#pragma D option quiet

tls:::client-hello
/args[0]->pkt_direction == 2 && args[9]->tls_server_name == "" && substr(args[2]->ip_daddr, 0, 4) != "127." &&
    args[2]->ip_daddr != "::1"/
{
	finding("%s begins TLS with %s and names no server (JA4 %s)", execname, args[2]->ip_daddr, args[9]->tls_ja4);
}
