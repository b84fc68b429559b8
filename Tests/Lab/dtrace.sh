#!/usr/bin/env bash
# As if this machine had dtrace(1): in a mount namespace of its own, /usr/sbin/dtrace leads to culprit. Nothing is changed
# outside of it.
#
#   dtrace.sh CULPRIT COMMAND…    runs COMMAND there; its pid is the one that was started
set -eu
[ $# -gt 1 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# The directory is replaced by one of links, so that one more can stand among them; the true one is at /mnt meanwhile.
exec unshare --mount bash -euc '
  mount --bind /usr/sbin /mnt
  mount -t tmpfs -o mode=755 tmpfs /usr/sbin
  ln -s /mnt/* /usr/sbin
  ln -sf "$0" /usr/sbin/dtrace
  PATH=/usr/sbin:$PATH exec "$@"' "$@"
