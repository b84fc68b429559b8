/*
 * question: Which files does it open?
 * needs: calls
 */
#pragma D option quiet

dtrace:::BEGIN { member[$target] = 1; }
proc:::found /member[arg2]/ { member[arg0] = 1; }
proc:::create /member[pid]/ { member[arg1] = 1; }

file:::opened /member[pid] && args[1] >= 0/ { @opened[execname, args[0]] = count(); }

dtrace:::END { printa("%s opened %s (%@d)\n", @opened); }
