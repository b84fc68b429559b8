# A git server: git daemon hands each connection to a program of its own, from which others clone, fetch, and to which they push.
PACKAGES="git"
PAYLOAD=full
SNAPSHOT=120
clients() {
  again git clone -q git://10.200.1.1/project.git first
  for i in 1 2 3 4; do
    seq "$((i * 50))" > first/file && git -C first add file && git -C first commit -qm "change $i" && git -C first push -q
    git clone -q git://10.200.1.1/project.git "clone$i"
    sleep 3
  done
  touch done
}
peers() {
  export GIT_CONFIG_GLOBAL=$PWD/gitconfig
  printf '[user]\nname = Lab\nemail = lab@lab.example\n[init]\ndefaultBranch = main\n' > gitconfig
  mkdir -p served && git init -q project && seq 300 > project/file && git -C project add . && git -C project commit -qm everything
  git clone -q --bare project served/project.git
  clients > clients.log 2>&1 &
}
scene() {
  export GIT_CONFIG_GLOBAL=$PWD/gitconfig
  git daemon --reuseaddr --export-all --enable=receive-pack --base-path="$PWD/served" --listen=10.200.1.1 "$PWD/served" &
  until [ -e done ]; do sleep 0.5; done
  kill %1
}
