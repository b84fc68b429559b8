/*---
id: SNF-007
version: 0.2.0
title: A tap beside the packet sockets, by AF_XDP, XDP or tc
status: test
severity: medium
confidence: medium
risk: 50
attack: {version: 18, techniques: [T1040, T1205.002]}
needs: {events: [socket, host], complete: true}
params:
  found: {type: integer, default: 1, min: 0, max: 1}
dedup: {key: [process], for: 1h}
why: >
  An AF_XDP socket is given frames before the network stack and before every packet socket sees them. A program of XDP or tc (or of its
  successors tcx and netkit) sees them there too, and hands what it likes to a process by a map or a ring, or wakes it: no packet
  socket is ever opened. Few machines have one, and each has an owner who knows it.
triage:
  - Which program is it, and who loaded it (`bpftool net`, `bpftool prog show id N`)?
  - What does it hand on? `bpftool prog dump xlated id N` shows which maps it uses, `bpftool map` who holds them open.
false_positives:
  - DPDK, Suricata, Cilium, Katran and other load balancers; make an exception of the executable that attaches them
  - programs of tc for accounting or shaping; where they are there before the watch begins, `found` can be 0
blind_spots:
  - what one call attaches and the next removes, within a twentieth of a second, by netlink
  - programs that netlink attaches in another network namespace than the watch's; what bpf(2) attaches is told of in every one
  - a program of tc as an action of another filter (act_bpf), and one on a class of a queueing discipline
  - mirroring by tc without any program (act_mirred), and by a switch
  - who attached it by netlink, where neither the loader is known nor a single process spoke of the network in that moment
references:
  - https://attack.mitre.org/techniques/T1040/
  - https://attack.mitre.org/techniques/T1205/002/
  - https://docs.kernel.org/networking/af_xdp.html
  - https://docs.ebpf.io/linux/program-type/BPF_PROG_TYPE_SCHED_CLS/
---*/
#pragma D option quiet

this int taps;

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

/* enum bpf_attach_type: 37 is XDP, 46 and 47 tcx, 54 and 55 netkit; 256 and 257 stand for filters of tc. */
bpf:::attach, bpf:::found
{
	this->taps = args[0] == 37 || args[0] == 46 || args[0] == 47 || args[0] == 54 || args[0] == 55 || args[0] == 256 ||
	    args[0] == 257;
}

bpf:::attach
/this->taps/
{
	finding("%s attached program %d (%s) %s %s, interface %d", pid == 0 ? "somebody" : execname, args[1], args[2],
	    args[0] == 37 ? "of XDP to" : "of tc to", args[4], args[3]);
}

bpf:::found
/this->taps && found/
{
	finding("program %d (%s) %s %s, interface %d, since before the watch began", args[1], args[2],
	    args[0] == 37 ? "of XDP is attached to" : "of tc is attached to", args[4], args[3]);
}
