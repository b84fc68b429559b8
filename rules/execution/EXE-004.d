/*---
id: EXE-004
version: 0.1.0
title: Credentials asked of a cloud's metadata service
status: test
severity: medium
confidence: medium
risk: 55
attack: {version: 18, techniques: [T1552.005]}
needs: {events: [packet], complete: true}
dedup: {key: [executable], for: 1d}
why: >
  In a cloud every process of a machine may ask the metadata service for the machine's credentials. Whoever gets to run something there does
  so first.
triage:
  - Which program asked, and does it work with the cloud's interface?
  - Were the credentials used from elsewhere afterwards? The cloud's log knows.
false_positives:
  - the cloud's own agents, and programs that use its libraries; make exceptions of their executables
blind_spots:
  - connections to anonymizing networks, which need a list of relays that is not here
  - a name of one's own for the service's address
references:
  - https://attack.mitre.org/techniques/T1552/005/
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
