/*---
id: EXF-011
version: 0.1.1
title: Large upload to a cloud's object storage
status: test
severity: medium
confidence: low
risk: 50
attack: {version: 18, techniques: [T1567.002]}
needs: {events: [packet], complete: true}
params:
  size: {type: size, default: 10MiB, min: 1KiB, max: 1TiB}
dedup: {key: [executable, destination], for: 1d}
why: >
  Stolen data leaves by the storage that everybody may use. Which programs of a host upload there is known; another one is worth a look.
triage:
  - Which program is it, and does this host keep anything there?
  - Whose bucket is it? The name in the sentence may have it.
false_positives:
  - backups and deployments; make an exception of their executable
blind_spots:
  - storage under a name of one's own, and under names that are not in the list
  - an encrypted ClientHello
references:
  - https://attack.mitre.org/techniques/T1567/002/
---*/
#pragma D option quiet

string store[uint64_t];
int stores[uint64_t];
this uint64_t sent;

tls:::client-hello
/args[0]->pkt_direction == 2 && args[1]->cs_cid != 0 &&
    (strstr(tolower(args[9]->tls_server_name), ".amazonaws.com") != NULL && strstr(tolower(args[9]->tls_server_name), "s3") != NULL ||
    strstr(tolower(args[9]->tls_server_name), "storage.googleapis.com") != NULL ||
    strstr(tolower(args[9]->tls_server_name), ".blob.core.windows.net") != NULL ||
    strstr(tolower(args[9]->tls_server_name), ".backblazeb2.com") != NULL ||
    strstr(tolower(args[9]->tls_server_name), ".r2.cloudflarestorage.com") != NULL ||
    strstr(tolower(args[9]->tls_server_name), ".digitaloceanspaces.com") != NULL ||
    strstr(tolower(args[9]->tls_server_name), ".wasabisys.com") != NULL || strstr(tolower(args[9]->tls_server_name), ".mega.nz") != NULL ||
    strstr(tolower(args[9]->tls_server_name), "content.dropboxapi.com") != NULL)/
{
	store[args[1]->cs_cid] = tolower(args[9]->tls_server_name);
	stores[args[1]->cs_cid] = 1;
}

packet::tcp:send
/args[1]->cs_cid != 0 && stores[args[1]->cs_cid] != 0/
{
	this->sent = args[8]->fl_outbound ? args[8]->fl_bytes_out : args[8]->fl_bytes_in;
}

packet::tcp:send
/this->sent >= size/
{
	finding("%s uploads %d bytes to %s", execname, this->sent, store[args[1]->cs_cid]);
	stores[args[1]->cs_cid] = 0;
}

packet::tcp:send, packet::tcp:receive
/(args[4]->tcp_flags & 5) != 0 && args[1]->cs_cid != 0 && stores[args[1]->cs_cid] != 0/
{
	stores[args[1]->cs_cid] = 0;
}
