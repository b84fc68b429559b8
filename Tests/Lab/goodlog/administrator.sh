# An administrator at work, with system calls and files: captures into a file and reads it there, looks at accounts and keys, keeps an archive
# of settings on the machine, logs in elsewhere by key and copies files, and has a backup sent to a daemon of rsync.
PACKAGES="tcpdump openssh-client openssh-server rsync curl nginx-light passwd"
PAYLOAD=headers
CALLS=yes
ssh_options="-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -o UpdateHostKeys=no -o LogLevel=ERROR -o BatchMode=yes"
peers() {
  ssh-keygen -q -t ed25519 -N '' -C lab -f key && ssh-keygen -q -t ed25519 -N '' -C lab -f host
  mkdir -p store www ~root/.ssh /run/sshd && seq 3000 > www/index.html && cp key.pub ~root/.ssh/authorized_keys && chmod -R go= ~root/.ssh
  printf 'HostKey %s/host\nListenAddress 10.200.1.2\nPidFile none\nUsePAM no\nPermitRootLogin yes\n' "$PWD" > sshd.conf
  /usr/sbin/sshd -D -e -f sshd.conf &
  printf 'use chroot = no\nuid = root\npid file = %s/rsyncd.pid\n[store]\npath = %s/store\nread only = no\n' "$PWD" "$PWD" > rsyncd.conf
  rsync --daemon --no-detach --address 10.200.1.2 --config rsyncd.conf &
  nginx_here 80 "root $PWD/www;"
  listening t 22 && listening t 873
  ping -n -i 0.2 10.200.1.1 > /dev/null &
}
scene() {
  mkdir -p ~root/.ssh home/docs && cp key ~root/.ssh/id_ed25519 && chmod -R go= ~root/.ssh
  for i in $(seq 6); do seq "$((i * 60))" > "home/docs/$i"; done
  tcpdump -ni vA -c 25 -w capture.pcap
  tcpdump -nr capture.pcap | wc -l
  passwd -S root; getent shadow root; chage -l root
  ssh-keygen -lf ~root/.ssh/id_ed25519
  curl -s http://www.lab.example/ -o page
  tar czf settings.tar.gz /etc/hosts /etc/ssh /etc/login.defs
  sleep 1
  ssh $ssh_options b.lab.example uptime
  scp $ssh_options home/docs/6 b.lab.example:copied
  rsync -a home/ rsync://b.lab.example/store/daily
  sleep 2
  curl -s http://www.lab.example/ -o page
  sleep 2
}
