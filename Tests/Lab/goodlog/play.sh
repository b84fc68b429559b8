#!/usr/bin/env bash
# Plays an innocent machine's work and records it into captures/goodlog, with a README.md that counts what was recorded and found.
#
#   play.sh NAME…      NAME.sh beside this file is the scene, captures/goodlog/NAME what comes of it
#   play.sh -d NAME…   only describes anew what is recorded
#
# A scene is like those of ../rules: its functions `peers` in B and `scene` in A, PAYLOAD, SNAPSHOT and CALLS. Besides, PACKAGES names
# Debian's packages that it plays. Both sides have a host name, an /etc/hosts, an /etc/resolv.conf and homes of their own, none of this
# machine. An exceptions.yaml beside a recording is what its site would have made an exception of.
set -eu
lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$lab/../rules/play.sh"

inside() {
  [ -d "$work/etc" ] || (cd "$work" && names)
  cd "$work"
  exec unshare -m -u sh -c '
    hostname "$2"
    mount --bind etc/hosts /etc/hosts && mount --bind etc/resolv.conf /etc/resolv.conf || exit 1
    # What is mounted cannot be replaced: not by who takes /dev/null for a file of its own.
    mount --bind /dev/null /dev/null || exit 1
    for home in /root /home /var/log; do mount -t tmpfs -o mode=700 none "$home" || exit 1; done
    home=$0 namespace=$1
    shift 2
    exec nsenter --net="/run/netns/$namespace" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$home" "$@"' \
    "$work" "$1" "${1##*-}.lab.example" "${@:2}"
}

# The machine A is named a.lab.example, and what else there is is B.
names() {
  mkdir -p etc
  printf '127.0.0.1 localhost\n10.200.1.1 a.lab.example\n' > etc/hosts
  echo "10.200.1.2 b.lab.example packages.lab.example files.lab.example git.lab.example www.lab.example" >> etc/hosts
  printf 'nameserver 10.200.1.2\noptions timeout:1 attempts:1\n' > etc/resolv.conf
}

# The rules that found something, as a table: RULE SEVERITY FINDINGS.
found() {
  python3 -c '
import collections, json, sys
found = {f["uid"]: (f["rule"]["id"], f["severity"]) for f in map(json.loads, sys.stdin)}
for (rule, severity), count in sorted(collections.Counter(found.values()).items()): print(f"| {rule} | {severity} | {count} |")'
}

# The README.md of a recording: what its scene says, what was counted in it, and what the rules find.
describe() {
  local name=$1 target=$root/captures/goodlog/$1 file packets events length findings exceptions=()
  file=$target/recording.pcapng.gz
  [ ! -e "$target/exceptions.yaml" ] || exceptions=(--exceptions "$target/exceptions.yaml")
  packets=$("$culprit" packets -r "$file" | wc -l)
  read -r events length <<< "$("$culprit" -q -r "$file" -n 'socket:::,proc:::,file::: { n++; }
    socket:::,proc:::,file::: /!first/ { first = timestamp; } socket:::,proc:::,file::: { last = timestamp; }
    END { printf("%d %d", n, (last - first + 500000000) / 1000000000); }')"
  findings=$("$culprit" watch -r "$file" "${exceptions[@]}" 2> /dev/null | found) || true
  {
    echo "# $name"
    echo
    says "$lab/$name.sh"
    echo
    echo "$length seconds, $packets packets, $events events, nothing lost."
    echo
    echo "Programs: $(dpkg-query -W -f '${Package} ${Version}, ' $(sed -n 's/^PACKAGES="\(.*\)"$/\1/p' "$lab/$name.sh") | sed 's/, $//')."
    echo
    if [ -n "$findings" ]; then
      printf 'What the rules find:\n\n| rule | severity | findings |\n|---|---|---|\n%s\n' "$findings"
    else
      echo "The rules find nothing."
    fi
    [ ${#exceptions[@]} -eq 0 ] || printf '\nWhat `exceptions.yaml` hides is not counted.\n'
    echo
    echo "Made by \`Tests/Lab/goodlog/play.sh $name\`."
  } > "$target/README.md"
  echo "$name: $(stat -c %s "$file") bytes"
}

play_good() {
  work=/tmp/goodlog/$1
  play_into "$lab/$1.sh" "$root/captures/goodlog/$1"
  if grep 'lost:' "$work/record.log" | tr ',' '\n' | grep -qv ' 0$'; then
    echo "$1: something was lost; again" >&2
    return 1
  fi
  describe "$1"
}

case "${1-}:$#" in
  :*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  -d:*) for scene in "${@:2}"; do describe "$scene"; done ;;
  # `lab_with` ends the shell that it is called from.
  *:1) play_good "$1" ;;
  *) for scene; do "$0" "$scene" || exit 1; done ;;
esac
