#!/usr/bin/env bash
# What Culprit is for, in one run: `srg` sniffs in a lab of two network namespaces and logs to a collector, and
# `culprit case` is asked about it. Succeeds when the verdict is right and names the collector.
# Without root, namespaces or eBPF the same case is run from a recording of the same scene.
set -u
cd "$(dirname "$0")/../.."
culprit=${CULPRIT:-$PWD/.build/release/culprit}
recording=${RECORDING:-captures/srg.pcapng}
report=$(mktemp)
trap 'rm -f "$report"' EXIT

# Whether the report holds the verdict and the collector, and the case's exit code says "something found".
judge() {
  local code=$1 verdict
  verdict=$(grep 'sniffing with remote logging' "$report" | grep -F '10.200.1.2:7000')
  if [ "$code" -eq 1 ] && [ -n "$verdict" ]; then
    echo "demo: found, as it should be."
    return 0
  fi
  echo "demo: FAILED: exit code $code; wanted 1 and a verdict of \"sniffing with remote logging\" to 10.200.1.2:7000" >&2
  return 1
}

from_recording() {
  echo "demo: $1; the case is run from $recording instead."
  echo "\$ culprit case -r $recording"
  "$culprit" case -r "$recording" | tee "$report"
  judge "${PIPESTATUS[0]}"
}

if [ "$(id -u)" -ne 0 ]; then from_recording "not root"; exit; fi
if [ ! -r /sys/kernel/btf/vmlinux ]; then from_recording "this kernel has no BTF"; exit; fi
if ! command -v ip > /dev/null || ! Tests/Lab/lab.sh with "culprit-try-$$" true 2> /dev/null; then
  from_recording "network namespaces cannot be made here"; exit
fi

investigate='
  echo "\$ culprit case -p $SRG --interface vA"
  exec timeout 120 nsenter --net="/run/netns/$LAB_A" "$0" case -p "$SRG" --interface vA'
Tests/Lab/scene.sh bash -c "$investigate" "$culprit" | tee "$report"
code=${PIPESTATUS[0]}
if [ "$code" -eq 4 ]; then from_recording "this kernel or these privileges do not allow eBPF"; exit; fi
judge "$code"
