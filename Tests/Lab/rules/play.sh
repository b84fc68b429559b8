#!/usr/bin/env bash
# Plays scenes and records each as a test of a rule, with its README.md; `expect.yaml` beside them is written by hand.
#
#   play.sh ID/NAME…      ID/NAME.sh beside this file is the scene, rules/PACK/tests/ID/NAME what comes of it
#
# A scene begins with a comment that says what it shows. In a lab of its own (../lab.sh) its function `peers` runs in B until what it
# started is ready; then `scene` runs in A while `culprit record --interface vA` does: so the recording has A's namespace, and nothing else
# of this machine. Of packets it has no bytes unless the scene says PAYLOAD=full (with SNAPSHOT=BYTES so many of each) or PAYLOAD=headers;
# with CALLS=yes the scene is the recorder's own command, and the recording has its system calls and files too. With RESOLVER=ADDRESS that is
# whom resolv.conf names, for both.
# CULPRIT is the program; .build/release/culprit unless the environment says otherwise.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ ! -e "$here/../lab.sh" ] || . "$here/../lab.sh"
root=$(cd "$here/../../.." && pwd)
culprit=${CULPRIT:-$root/.build/release/culprit}

# Waits until somebody in this namespace listens: `listening t 80`, `listening u 53`.
listening() {
  local left=200
  until [ -n "$(ss -Hln"$1" "sport = :$2")" ]; do
    [ $((left -= 1)) -gt 0 ] || { echo "nobody listens on $1 $2" >&2; return 1; }
    sleep 0.05
  done
}

# Waits until a file has something in it.
written() {
  local left=200
  until [ -s "$1" ]; do
    [ $((left -= 1)) -gt 0 ] || { echo "$1 is empty" >&2; return 1; }
    sleep 0.05
  done
}

# For `peers`: somebody whose packets are there to be heard, and places to send to.
chatter() { ping -n -i 0.1 10.200.1.1 > /dev/null & }
sink() { socat -u "TCP-LISTEN:$1,fork,reuseaddr" OPEN:/dev/null & listening t "$1"; }
datagrams() { socat -u "UDP-RECV:$1" OPEN:/dev/null & listening u "$1"; }
website() { mkdir -p www && seq 2000 > www/index.html && (cd www && exec python3 -m http.server -b 10.200.1.2 "${1:-80}") & listening t "${1:-80}"; }

# nginx with a server of the directives that are given, on a port.
nginx_here() {
  mkdir -p nginx
  printf 'user root; worker_processes 1; error_log nginx/error.log; pid nginx/pid%s; events {}\nhttp { access_log off; ' "$1" > "nginx/$1.conf"
  for place in client_body proxy fastcgi uwsgi scgi; do echo "${place}_temp_path $PWD/nginx/$place;"; done >> "nginx/$1.conf"
  echo "server { listen $1; $2 } }" >> "nginx/$1.conf"
  nginx -p "$PWD" -c "nginx/$1.conf" -e nginx/error.log -g 'daemon off;' &
  listening t "$1"
}

# A command, twice a second until it has done what it should: for who waits for the scene to begin.
again() { for _ in $(seq 120); do sleep 0.5; "$@" && return; done; }
certificate() { openssl req -x509 -newkey ed25519 -nodes -keyout key.pem -out cert.pem -days 3650 -subj /CN=lab 2> /dev/null; }

peers() { :; }

# Becomes a program in a namespace, with nothing of the caller's: a scene that its processes' arguments and environment may show to everybody.
inside() {
  local enter=(nsenter --net="/run/netns/$1")
  # In a mount namespace of its own, whose resolv.conf is the scene's.
  [ -z "${resolver:-}" ] || enter+=(unshare -m sh -c 'mount --make-rprivate / && mount --bind "$0" /etc/resolv.conf && exec "$@"' "$work/resolv.conf")
  exec "${enter[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$work" "${@:2}"
}

record() {
  (inside "$LAB_B" bash -c "cd $work; . ./play.sh; . ./scene.sh; set +eu; peers" > "$work/peers.log" 2>&1 < /dev/null) ||
    { cat "$work/peers.log" >&2; return 1; }
  # A cable that was just plugged in has things to say for a moment, of which nobody is the owner.
  sleep 1
  if [ "$calls" = yes ]; then
    (inside "$LAB_A" "$culprit" record -o "$work/recording.pcapng" --interface vA --payload "$payload" -s "${snapshot:-0}" -c "bash $work/act.sh" \
      2> "$work/record.log") || { cat "$work/record.log" >&2; return 1; }
  else
    (inside "$LAB_A" "$culprit" record -o "$work/recording.pcapng" --interface vA --payload "$payload" -s "${snapshot:-0}" 2> "$work/record.log") &
    local recorder=$! left=1200
    until grep -q 'recording to' "$work/record.log"; do
      [ $((left -= 1)) -gt 0 ] || { cat "$work/record.log" >&2; return 1; }
      sleep 0.05
    done
    (inside "$LAB_A" bash "$work/act.sh") || true
    # What is told once a second of sockets is told once more.
    sleep 1.2
    kill -TERM "$recorder"
    wait "$recorder" || true
  fi
  grep 'lost' "$work/record.log" | tr ',' '\n' | grep -v ' 0$' >&2 || true
}

# Plays the scene of a file, and puts its recording into a folder.
play_into() {
  rm -rf "${work:?}" && mkdir -p "$work" && cp "$1" "$work/scene.sh" && cp "$here/play.sh" "$work/play.sh"
  printf 'cd %s\n. ./play.sh\n. ./scene.sh\nset +eu\nscene > scene.log 2>&1 < /dev/null\n' "$work" > "$work/act.sh"
  payload=$(sed -n 's/^PAYLOAD=//p' "$work/scene.sh")
  calls=$(sed -n 's/^CALLS=//p' "$work/scene.sh")
  resolver=$(sed -n 's/^RESOLVER=//p' "$work/scene.sh")
  [ -z "$resolver" ] || echo "nameserver $resolver" > "$work/resolv.conf"
  payload=${payload:-none}
  snapshot=$(sed -n 's/^SNAPSHOT=//p' "$work/scene.sh")
  (lab_with "culprit-rule-$$" record)
  mkdir -p "$2"
  gzip -9nc "$work/recording.pcapng" > "$2/recording.pcapng.gz"
}

# What the comment says that a scene begins with.
says() { sed -n '1{/^#!/d};/^#/!q;s/^# \{0,1\}//p' "$1"; }

play() {
  local id=${1%%/*} name=${1##*/} pack target
  pack=$(dirname "$(ls "$root"/rules/*/"$id.d")")
  target=$pack/tests/$id/$name
  work=/tmp/scene
  play_into "$here/$1.sh" "$target"
  {
    echo "# $id $name"
    echo
    says "$work/scene.sh"
    echo
    echo "Made by \`Tests/Lab/rules/play.sh $1\`."
  } > "$target/README.md"
  echo "$1: $(stat -c %s "$target/recording.pcapng.gz") bytes"
}

# Sourced by a scene it gives what stands above.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  [ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
  # `lab_with` ends the shell that it is called from.
  if [ $# -eq 1 ]; then play "$1"; else for scene; do "$0" "$scene" || exit 1; done; fi
fi
