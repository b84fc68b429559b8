/*---
id: SNF-007
version: 0.1.0
title: AF_XDP socket opened
status: test
severity: medium
confidence: high
risk: 45
attack: {version: 18, techniques: [T1040, T1205.002]}
needs: {events: [socket], complete: true}
dedup: {key: [process], for: 1h}
why: >
  An AF_XDP socket is given frames before the network stack and before every packet socket sees them. Few programs have one (packet
  processing, some intrusion detection), so each is worth knowing.
triage:
  - Which program is it, and which interface's XDP program hands frames to it (`ip link`, `bpftool net`)?
false_positives:
  - DPDK, Suricata, and load balancers that are made with it
blind_spots:
  - XDP and tc programs that hand frames on by a map or a ring of their own; the kernel tells of no program that is attached
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://docs.kernel.org/networking/af_xdp.html
---*/
#pragma D option quiet

/* AF_XDP is 44. */
socket:::create
/args[0]->so_family == 44/
{
	finding("%s opened an AF_XDP socket", execname);
}

socket:::found
/args[0]->so_family == 44/
{
	finding("an AF_XDP socket is open");
}
