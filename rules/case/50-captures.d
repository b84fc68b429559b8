/*
 * question: Does it capture packets?
 * needs: sockets
 *
 * A packet socket (AF_PACKET 17) hears what is not addressed to its process; so does a raw one (SOCK_RAW 3) of the internet
 * families. Membership 1 is promiscuous mode. Who reads a mapped ring receives without a call: its frames are counted by
 * the socket itself.
 */
#pragma D option quiet

dtrace:::BEGIN { member[$target] = 1; }
proc:::found /member[arg2]/ { member[arg0] = 1; }
proc:::create /member[pid]/ { member[arg1] = 1; }

socket:::found
/member[arg3] && args[0]->so_family == 17/
{
	printf("descriptor %d was there: packet socket on interface %d%s, filter of %d instructions%s\n", arg2,
	    args[0]->so_ifindex, args[0]->so_membership == 1 ? ", promiscuous" : "", args[0]->so_filter_length,
	    args[0]->so_ring ? ", ring" : "");
}

socket:::create
/member[pid] && args[0]->so_family == 17/
{ printf("descriptor %d became a packet socket\n", arg2); }

socket:::bind
/member[pid] && args[0]->so_family == 17/
{ printf("descriptor %d was bound to interface %d\n", arg2, args[0]->so_ifindex); }

socket:::membership
/member[pid] && args[0]->so_family == 17/
{
	printf("descriptor %d became a member of %s on interface %d\n", arg2,
	    args[0]->so_membership == 1 ? "all (promiscuous)" : "a group", args[0]->so_ifindex);
}

socket:::attach-filter
/member[pid] && args[0]->so_family == 17/
{ printf("descriptor %d was given a filter of %d instructions\n", arg2, args[0]->so_filter_length); }

socket:::receive
/member[pid] && args[0]->so_family == 17 && args[1] > 0/
{
	@frames[execname, pid, args[0]->so_ifindex] = count();
	@bytes[execname, pid, args[0]->so_ifindex] = sum(args[1]);
}

dtrace:::END { printa("%s[%d] received from interface %d: %@d frames, %@d bytes\n", @frames, @bytes); }
