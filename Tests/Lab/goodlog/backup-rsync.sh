# A machine's files are backed up by rsync: to a daemon of rsync, to a host by SSH, and by an rsync daemon of its own that is asked from
# there.
PACKAGES="rsync openssh-server openssh-client"
PAYLOAD=headers
ssh_options="-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -o UpdateHostKeys=no -o LogLevel=ERROR -o BatchMode=yes"
module() { printf 'use chroot = no\nuid = root\npid file = %s/rsyncd.%s.pid\n[store]\npath = %s/%s\nread only = no\n' "$PWD" "$1" "$PWD" "$1" > "rsyncd.$1"; }
fetches() { again rsync -a rsync://10.200.1.1/store/ fetched; touch done; }
peers() {
  ssh-keygen -q -t ed25519 -N '' -C lab -f key && ssh-keygen -q -t ed25519 -N '' -C lab -f host
  mkdir -p store home/docs home/mail ~root/.ssh /run/sshd && cp key.pub ~root/.ssh/authorized_keys && chmod -R go= ~root/.ssh
  for i in $(seq 12); do seq "$((i * 100))" > "home/docs/$i"; seq "$((i * 40))" > "home/mail/$i"; done
  module store && module home
  rsync --daemon --no-detach --address 10.200.1.2 --config rsyncd.store &
  printf 'HostKey %s/host\nListenAddress 10.200.1.2\nPidFile none\nUsePAM no\nPermitRootLogin yes\n' "$PWD" > sshd.conf
  /usr/sbin/sshd -D -e -f sshd.conf &
  listening t 22 && listening t 873
  fetches > fetches.log 2>&1 &
}
scene() {
  mkdir -p ~root/.ssh && cp key ~root/.ssh/id_ed25519 && chmod -R go= ~root/.ssh
  rsync -a home/ rsync://b.lab.example/store/daily
  sleep 4
  seq 500 > home/docs/new
  rsync -a --delete home/ rsync://b.lab.example/store/daily
  sleep 3
  rsync -a -e "ssh $ssh_options" home/ b.lab.example:weekly
  sleep 3
  rsync -a -e "ssh $ssh_options" b.lab.example:weekly/docs/ restored
  rsync --daemon --no-detach --address 10.200.1.1 --config rsyncd.home &
  listening t 873
  until [ -e done ]; do sleep 0.2; done
  sleep 2
}
