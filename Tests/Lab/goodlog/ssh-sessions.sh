# Sessions of SSH into the machine and out of it, by key: terminals with commands, scp, sftp, and a forwarded port by which a page is loaded.
PACKAGES="openssh-server openssh-client curl nginx-light"
PAYLOAD=full
SNAPSHOT=120
ssh_options="-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -o UpdateHostKeys=no -o LogLevel=ERROR -o BatchMode=yes"
visitors() {
  again ssh $ssh_options 10.200.1.1 true
  (sleep 1; for word in id 'uname -a' 'ls /usr' 'cat /etc/hosts' uptime; do echo "$word"; sleep 1; done; echo exit) | ssh $ssh_options -tt 10.200.1.1
  scp $ssh_options www/large 10.200.1.1:uploaded
  scp $ssh_options 10.200.1.1:uploaded downloaded
  touch visited
}
server() {
  mkdir -p ~root/.ssh /run/sshd && cp key ~root/.ssh/id_ed25519 && cp key.pub ~root/.ssh/authorized_keys && chmod -R go= ~root/.ssh
  printf 'HostKey %s/host\nListenAddress %s\nPidFile none\nUsePAM yes\nPermitRootLogin yes\nAcceptEnv LANG\nSubsystem sftp /usr/lib/openssh/sftp-server\n' "$PWD" "$1" > "sshd.$1"
  /usr/sbin/sshd -D -e -f "sshd.$1" &
  listening t 22
}
peers() {
  ssh-keygen -q -t ed25519 -N '' -C lab -f key && ssh-keygen -q -t ed25519 -N '' -C lab -f host
  mkdir -p www && seq 4000 > www/large && seq 100 > www/index.html
  server 10.200.1.2
  nginx_here 80 "root $PWD/www;"
  visitors > visitors.log 2>&1 &
}
scene() {
  server 10.200.1.1
  until [ -e visited ]; do sleep 0.5; done
  (sleep 1; for word in id 'df /' 'ps'; do echo "$word"; sleep 1; done; echo exit) | ssh $ssh_options -tt b.lab.example
  scp $ssh_options www/large b.lab.example:copied
  echo 'get copied back' | sftp $ssh_options -b - b.lab.example
  ssh $ssh_options -N -L 127.0.0.1:8080:10.200.1.2:80 b.lab.example &
  listening t 8080
  for i in 1 2 3; do curl -s http://127.0.0.1:8080/ -o page; sleep 1; done
  kill %2
}
