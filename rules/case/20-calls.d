/*
 * question: Which system calls does it make?
 * needs: calls
 */
#pragma D option quiet

dtrace:::BEGIN { member[$target] = 1; }
proc:::found /member[arg2]/ { member[arg0] = 1; }
proc:::create /member[pid]/ { member[arg1] = 1; }

syscall:::entry /member[pid]/ { @calls[execname, probefunc] = count(); }

dtrace:::END { printa("%s called %s (%@d)\n", @calls); }
