/*
 * question: Does it transmit, how much, to whom?
 * needs: sockets
 *
 * What its internet sockets (AF_INET 2, AF_INET6 10) sent; a send that failed has a negative size.
 */
#pragma D option quiet

dtrace:::BEGIN { member[$target] = 1; }
proc:::found /member[arg2]/ { member[arg0] = 1; }
proc:::create /member[pid]/ { member[arg1] = 1; }

socket:::send
/member[pid] && args[1] > 0 && (args[0]->so_family == 2 || args[0]->so_family == 10)/
{
	@sends[execname, pid, args[0]->so_raddr, args[0]->so_rport] = count();
	@sent[execname, pid, args[0]->so_raddr, args[0]->so_rport] = sum(args[1]);
}

dtrace:::END { printa("%s[%d] sent to %s port %d: %@d times, %@d bytes\n", @sends, @sent); }
