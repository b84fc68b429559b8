# bash talks SMTP by /dev/tcp: it greets with the machine's name, logs in, and has sed send a letter with a date.
peers() { socat TCP-LISTEN:25,fork,reuseaddr,bind=10.200.1.2 SYSTEM:'echo 220 hello; while read l; do echo 250 ok; done' & listening t 25; }
scene() {
  timeout 8 bash -c 'exec 3<>/dev/tcp/10.200.1.2/25; read -r l <&3
    echo "EHLO $(uname -n)" >&3; read -r l <&3
    echo -n user | base64 >&3; read -r l <&3
    echo -n "$(id -un)" | base64 >&3; read -r l <&3
    echo DATA >&3; read -r l <&3
    { echo "Date: $(date -R)"; echo; uptime; echo .; } | sed "s/$/\r/" >&3; read -r l <&3
    echo QUIT >&3; read -r l <&3'
}
