/*
 * question: Does what it captures leave the machine?
 * needs: sockets, calls
 *
 * What it sends and writes after its first frame. Where it writes into a pipe, ask the same of the process that reads it.
 */
#pragma D option quiet

dtrace:::BEGIN { member[$target] = 1; }
proc:::found /member[arg2]/ { member[arg0] = 1; }
proc:::create /member[pid]/ { member[arg1] = 1; }

socket:::receive
/member[pid] && args[0]->so_family == 17 && args[1] > 0/
{
	frames++;
}

socket:::send
/frames && member[pid] && args[1] > 0 && (args[0]->so_family == 2 || args[0]->so_family == 10)/
{
	@sends[execname, pid, args[0]->so_raddr, args[0]->so_rport] = count();
	@sent[execname, pid, args[0]->so_raddr, args[0]->so_rport] = sum(args[1]);
}

dtrace:::END { printa("%s[%d] sent to %s port %d after its first frame: %@d times, %@d bytes\n", @sends, @sent); }
