#!/usr/bin/env bash
# The lab: two network namespaces joined by a pair of virtual interfaces, and nothing else. What happens in it stays in it.
#
#   NAME-a                                NAME-b
#   vA 10.200.1.1/24 fd00:200::1/64 <---> vB 10.200.1.2/24 fd00:200::2/64
#
#   lab.sh up NAME               makes both; they stay until `down`
#   lab.sh down NAME             ends what runs in them and removes them
#   lab.sh run NAME-a COMMAND…   runs COMMAND in one of them (in its own process: its pid is the one that was started)
#   lab.sh with NAME COMMAND…    up, COMMAND here with $LAB_A and $LAB_B set to the namespaces' names, and down when it
#                                ends or a signal comes; ends with its exit code
#
# Sourced, it gives the same as functions: lab_up, lab_down, lab_run, lab_with.

# A lab that is there already is somebody's, and stays.
lab_absent() {
  [ -e "/run/netns/$1-a" ] || [ -e "/run/netns/$1-b" ] || return 0
  echo "lab: $1 is there already" >&2
  return 1
}

# A half-made lab is taken down again.
lab_up() {
  local name=$1
  lab_absent "$name" || return 1
  ip netns add "$name-a" && ip netns add "$name-b" || { lab_down "$name"; return 1; }
  # Both ends are born where they belong: the host's own list of interfaces never holds them. Their numbers differ, since
  # Linux tells IPv6 at once that a link is up only when its peer's number is not its own; otherwise within a second.
  ip link add vA index 11 netns "$name-a" type veth peer name vB index 12 netns "$name-b" &&
    lab_end "$name-a" vA 1 && lab_end "$name-b" vB 2 || { lab_down "$name"; return 1; }
}

# One end: quiet (no router solicitations, no link-local address to announce, no duplicate-address probes), then up.
lab_end() {
  local namespace=$1 interface=$2 number=$3
  ip netns exec "$namespace" sh -c 'cd "/proc/sys/net/ipv6/conf/$0" &&
    echo 0 > accept_ra && echo 0 > router_solicitations && echo 1 > addr_gen_mode' "$interface" &&
    ip -n "$namespace" addr add "10.200.1.$number/24" dev "$interface" &&
    ip -n "$namespace" addr add "fd00:200::$number/64" dev "$interface" nodad &&
    ip -n "$namespace" link set lo up &&
    ip -n "$namespace" link set "$interface" up
}

lab_down() {
  local name=$1 side pid
  for side in a b; do
    [ -e "/run/netns/$name-$side" ] || continue
    for pid in $(ip netns pids "$name-$side" 2>/dev/null); do
      kill -KILL "$pid" 2>/dev/null
    done
    ip netns del "$name-$side"
  done
}

# nsenter, not `ip netns exec`: the latter mounts another /sys, which hides the cgroup and BPF file systems.
lab_run() {
  local namespace=$1
  shift
  exec nsenter --net="/run/netns/$namespace" "$@"
}

# Ends the script it is called from when a signal comes: COMMAND is a job, so that bash hears the signal at once and can pass
# it on to all that COMMAND started.
lab_with() {
  local name=$1 job signal
  shift
  lab_absent "$name" || return 1
  trap "lab_down '$name'" EXIT
  lab_up "$name" || return 1
  set -m
  LAB_A=$name-a LAB_B=$name-b "$@" < /dev/stdin &
  job=$!
  for signal in INT TERM HUP; do
    trap "kill -s $signal -- -$job; wait $job; exit \$((128 + \$(kill -l $signal)))" "$signal"
  done
  wait "$job"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case "${1-}:$#" in
    up:2 | down:2) "lab_$1" "$2" ;;
    run:[3-9]* | run:[1-9][0-9]* | with:[3-9]* | with:[1-9][0-9]*) "lab_$@" ;;
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
fi
