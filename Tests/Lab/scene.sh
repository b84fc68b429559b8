#!/usr/bin/env bash
# The scene of the article, played in a lab of its own: in A runs `srg` and somebody's everyday traffic, in B the collector
# that srg's lines go to.
#
#   scene.sh COMMAND…    runs COMMAND (here, not in a namespace) while the scene is on, and ends with its exit code.
#                        COMMAND finds $LAB_A and $LAB_B, the namespaces' names; $SRG, the pid; $COLLECTOR, its address:port.
#
# PROGRAMS is the directory with the suspects; .build/release of this working copy unless the environment says otherwise.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lab.sh"
programs=${PROGRAMS:-$here/../../.build/release}

# Starts a program in a namespace: `started` is its pid. Returns when it has said the line that its readiness is known by.
start() {
  local namespace=$1 sign=$2 line
  shift 2
  exec {said}< <(lab_run "$namespace" "$@" 2>&1)
  started=$!
  while IFS= read -r -t 20 -u "$said" line; do
    case "$line" in *"$sign"*) return 0 ;; esac
    echo "$1: $line" >&2
  done
  echo "scene: $1 did not start" >&2
  return 1
}

play() {
  COLLECTOR=10.200.1.2:7000
  start "$LAB_B" "listens on port" "$programs/collector" 7000 || return 5
  start "$LAB_B" "listens on port" "$programs/collector" 8000 || return 5
  start "$LAB_A" "Using device" "$programs/srg" --quiet --config /dev/null vA "$COLLECTOR" || return 5
  SRG=$started
  # What there is to sniff: a conversation over TCP, datagrams over IPv4 and IPv6, each way.
  start "$LAB_A" "sends to" "$programs/transmitter" --rate 5 10.200.1.2:8000 || return 5
  start "$LAB_A" "sends to" "$programs/transmitter" --udp --rate 5 "[fd00:200::2]:8000" || return 5
  start "$LAB_B" "sends to" "$programs/transmitter" --udp --rate 5 10.200.1.1:1900 || return 5
  export COLLECTOR SRG LAB_A LAB_B
  "$@"
}

[ $# -gt 0 ] || { sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
lab_with "culprit-scene-$$" play "$@"
