/*
 * question: What is its stack?
 * needs: stacks
 *
 * Of each kind of system call the first one's.
 */
#pragma D option quiet

int shown[string, string];

dtrace:::BEGIN { member[$target] = 1; }
proc:::found /member[arg2]/ { member[arg0] = 1; }
proc:::create /member[pid]/ { member[arg1] = 1; }

syscall:::entry
/member[pid] && !shown[execname, probefunc]/
{
	shown[execname, probefunc] = 1;
	printf("%s called %s from\n", execname, probefunc);
	ustack(12);
}
